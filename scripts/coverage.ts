import { mkdir, readFile, rm } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { execa } from 'execa'
import { countLines, inProcessSchema, type LineCount, statementsOf } from './coverage/line-coverage.ts'
import { coverageTable, missedThresholds } from './coverage/report.ts'
import { drainDumps, type Hits } from './coverage/subprocess-hits.ts'
import { TIERS, type Tier } from './tiers.ts'

const ROOT = resolve('.')
const SUBPROCESSES = resolve('coverage/subprocesses')
const IN_PROCESS = 'coverage/in-process/coverage-final.json'
const DRAIN_EVERY_MS = 2_000

/** Runs the tiers in one vitest, taking in what subprocesses leave while they run. */
async function runTests(tiers: readonly string[], hits: Hits): Promise<number | undefined> {
  const projects = tiers.flatMap((tier) => ['--project', tier])
  const vitest = execa('node', ['node_modules/vitest/vitest.mjs', 'run', '--coverage', ...projects], {
    preferLocal: true,
    stdio: 'inherit',
    reject: false,
    env: { SUBPROCESS_COVERAGE: SUBPROCESSES },
  })
  const drain = () => drainDumps(SUBPROCESSES, ROOT, hits)
  let draining = Promise.resolve()
  const timer = setInterval(() => {
    draining = draining.then(drain)
  }, DRAIN_EVERY_MS)
  const { exitCode } = await vitest
  clearInterval(timer)
  await draining
  await drain()
  return exitCode
}

async function linesByFile(hits: Hits): Promise<Map<string, LineCount>> {
  const inProcess = inProcessSchema.parse(JSON.parse(await readFile(IN_PROCESS, 'utf8')))
  const counts = new Map<string, LineCount>()
  for (const file of Object.values(inProcess)) {
    const path = relative(ROOT, file.path)
    const ran = hits.get(path)
    const statements = statementsOf(file, await readFile(file.path, 'utf8'))
    counts.set(path, countLines(statements.map((s) => ({ ...s, hit: s.hit || ran?.[s.offset] === 1 }))))
  }
  return counts
}

/**
 * Line coverage over everything the tests run, with thresholds that fail (docs/coverage.md). Two sources meet:
 * - code in the test processes: vitest's V8 coverage, mapped back to the sources;
 * - code in processes they start (commands, supervisor, worker, runner): V8's own counts. Node runs the same
 *   TypeScript files there with the types blanked out, so offsets are those of the source and need no mapping.
 * Workflow code runs from a bundle in a worker thread; V8 counts it there, the bundle's source map leads back.
 * A line counts when any process ran it.
 * Arguments are tiers; without any, all that can run here.
 */
const asked = process.argv.slice(2)
const runsHere = (tier: Tier): boolean => {
  if (tier === 'cluster') return process.env.KUBECONFIG !== undefined
  return tier !== 'root' || process.getuid?.() === 0
}
const tiers = asked.length > 0 ? asked : TIERS.filter(runsHere)
await rm('coverage', { recursive: true, force: true })
await mkdir(SUBPROCESSES, { recursive: true })
const hits: Hits = new Map()
const exitCode = await runTests(tiers, hits)
const counts = await linesByFile(hits)
console.log(`\nLines that ran, by folder (${hits.size} files also in subprocesses):\n${coverageTable(counts)}\n`)
const missed = missedThresholds(counts)
for (const sentence of missed) console.error(`missed: ${sentence}`)
if (exitCode !== 0) console.error('some tests failed')
process.exitCode = exitCode !== 0 || missed.length > 0 ? 1 : 0
