import { parseArgs } from 'node:util'
import { readTallies, type Tally, totalLine } from './tally.ts'

const USAGE = 'usage: node scripts/ci-summary.ts --expect NAME… [--failed REASON…] FOLDER…'

/**
 * Sums up the tallies in the folders given and prints the line `.ci/run` ends with. A group that is expected and
 * left no tally counts as failed, as does every `--failed`. Exit 1 for any failure or skip.
 */
const { values, positionals } = parseArgs({
  options: { expect: { type: 'string', multiple: true }, failed: { type: 'string', multiple: true } },
  allowPositionals: true,
})
if (positionals.length === 0 || values.expect === undefined) {
  console.error(USAGE)
  process.exit(2)
}
const tallies: Tally[] = (await Promise.all(positionals.map((dir) => readTallies(dir).catch(() => [])))).flat()
const absent = values.expect.filter((name) => !tallies.some((tally) => tally.name === name))
const failed = [...absent.map((name) => `${name}: left no result`), ...(values.failed ?? [])]
const all = [...tallies, { name: 'ci', passed: 0, failed, skipped: [] }]

for (const tally of all) {
  for (const name of tally.failed) console.log(`failed: [${tally.name}] ${name}`)
  for (const name of tally.skipped) console.log(`skipped, which counts as a failure here: [${tally.name}] ${name}`)
}
console.log(totalLine(all))
process.exitCode = all.some((tally) => tally.failed.length + tally.skipped.length > 0) ? 1 : 0
