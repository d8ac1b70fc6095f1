import { rm } from 'node:fs/promises'
import { execa } from 'execa'
import { RESULTS_DIR, readTally, type Tally, tallyPath, totalLine, writeTally } from './tally.ts'
import { isTier, TIERS, type Tier } from './tiers.ts'

const VITEST = 'node_modules/vitest/vitest.mjs'

/** Runs one tier in its own vitest, so that one that dies cannot take the others' results along. */
async function runTier(tier: Tier): Promise<Tally> {
  await rm(tallyPath(RESULTS_DIR, tier), { force: true })
  const reporters = ['--reporter=default', '--reporter=junit', '--reporter=./scripts/tally-reporter.ts']
  const { exitCode } = await execa(
    process.execPath,
    [VITEST, 'run', '--project', tier, ...reporters, `--outputFile.junit=${RESULTS_DIR}/${tier}.xml`],
    { stdio: 'inherit', reject: false, env: { TALLY_NAME: tier } },
  )
  const tally = await readTally(RESULTS_DIR, tier).catch(() => undefined)
  const complete = tally ?? { name: tier, passed: 0, failed: ['vitest ended without a result'], skipped: [] }
  if (complete.passed + complete.failed.length + complete.skipped.length === 0) complete.failed.push('no tests found')
  if (exitCode !== 0 && complete.failed.length === 0)
    complete.failed.push(`vitest ended with ${exitCode ?? 'a signal'}`)
  await writeTally(RESULTS_DIR, complete)
  return complete
}

function report(tallies: readonly Tally[]): void {
  console.log()
  for (const tally of tallies) {
    console.log(`${tally.name.padEnd(12)} ${totalLine([tally])}`)
    for (const name of tally.failed) console.log(`  failed: ${name}`)
  }
  const skipped = tallies.flatMap((tally) => tally.skipped)
  if (skipped.length > 0) console.log(`\nSkipped on this machine:\n${skipped.map((name) => `  ${name}`).join('\n')}`)
  console.log(`\n${totalLine(tallies)}`)
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !isTier(name))
if (asked.length === 0 || unknown !== undefined) {
  console.error(`usage: node scripts/test.ts TIER…; the tiers are ${TIERS.join(', ')}`)
  process.exit(2)
}
const tallies: Tally[] = []
for (const tier of asked.filter(isTier)) tallies.push(await runTier(tier))
report(tallies)
process.exitCode = tallies.some((tally) => tally.failed.length > 0) ? 1 : 0
