import { execa } from 'execa'
import { RESULTS_DIR, type Tally, totalLine, writeTally } from './tally.ts'

/** What `npm run check:…` checks, cheapest first. `checkers` shows that the others can fail. */
const CHECKS = ['style', 'types', 'dead-code', 'architecture', 'packages', 'advisories', 'checkers'] as const

const tally: Tally = { name: 'verify', passed: 0, failed: [], skipped: [] }
for (const check of CHECKS) {
  const { exitCode, all, durationMs } = await execa('npm', ['run', '--silent', `check:${check}`], {
    all: true,
    reject: false,
  })
  const ok = exitCode === 0
  if (ok) tally.passed++
  else tally.failed.push(check)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${check} (${(durationMs / 1000).toFixed(1)} s)`)
  if (ok)
    console.log(
      all
        .split('\n')
        .filter((line) => line.startsWith('notice: '))
        .join('\n'),
    )
  else console.log(all)
}
await writeTally(RESULTS_DIR, tally)
console.log(totalLine([tally]))
process.exitCode = tally.failed.length > 0 ? 1 : 0
