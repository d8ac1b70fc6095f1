import { isSameProcess, type ProcessIdentity, processIdentity } from '../../../src/process/identity.ts'
import type { Home } from '../../support/home.ts'
import { plainRepository } from '../../support/repository.ts'
import { until } from '../../support/until.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { runTimes } from '../run-times.ts'
import { allEvents, type BenchStack, withStack } from '../stack.ts'

const TIMES = 3
const RUNS = 200
const GOAL_MS = 10_000
const PATIENCE_MS = 300_000

async function identities(pids: number[]): Promise<ProcessIdentity[]> {
  return (await Promise.all(pids.map(processIdentity))).filter((identity) => identity !== undefined)
}

/** The known processes first: to read the environment of every process of the machine takes time itself. */
async function untilNothingIsLeft(home: Home, known: ProcessIdentity[], marker: string): Promise<void> {
  let left = known
  await until(`no process with ${marker}`, async () => {
    const alive = await Promise.all(left.map(isSameProcess))
    left = left.filter((_, index) => alive[index])
    return left.length === 0 && (await home.processes((text) => text.includes(marker))).length === 0
  })
  await until('no workspace is left', async () => (await home.workspaces()).length === 0)
}

async function cancelOnce({ home, store }: BenchStack, repo: string, id: string, runs: number) {
  const marker = `MARK_OF_CANCELLED_RUN=${id}-${process.pid}`
  const { exitCode, stderr } = await home.cli(
    ...['run', '--repo', repo, '--no-setup', '--command', 'sleep 600', '--id', id, '--detach', '--env', marker],
    ...['--runs', String(runs), '--parallelism', String(runs)],
  )
  if (exitCode !== 0) throw new Error(`the suite could not be started: ${stderr}`)
  const started = async () => (await allEvents(store, id)).filter(({ type }) => type === 'run.started').length
  await until('all runs are in flight', async () => (await started()) === runs, PATIENCE_MS)
  const known = await identities(await home.processes((text) => text.includes(marker)))
  if (known.length < runs) throw new Error(`only ${known.length} processes carry the mark of ${runs} runs`)

  const beganAtMs = performance.now()
  const cancelled = await home.cli('cancel', id)
  const acceptedMs = performance.now() - beganAtMs
  if (cancelled.exitCode !== 0) throw new Error(`cancel ended with ${cancelled.exitCode}: ${cancelled.stderr}`)
  await untilNothingIsLeft(home, known, marker)
  const goneMs = performance.now() - beganAtMs
  await until('the suite has ended', async () => (await store.suites.get(id))?.status === 'cancelled', PATIENCE_MS)
  return { acceptedMs, goneMs, endedMs: performance.now() - beganAtMs, started: await allEvents(store, id) }
}

async function measure(bench: BenchStack, repo: string, runs: number, times: number): Promise<Figure[]> {
  const measured: Awaited<ReturnType<typeof cancelOnce>>[] = []
  for (let time = 0; time < times; time++) measured.push(await cancelOnce(bench, repo, `sleepers-${time}`, runs))
  const figure = (name: string, samples: number[]): Figure => ({ name, unit: 'ms', samples })
  return [
    figure(
      '`commit-suite cancel` returns',
      measured.map(({ acceptedMs }) => acceptedMs),
    ),
    {
      ...figure(
        'no process and no workspace is left',
        measured.map(({ goneMs }) => goneMs),
      ),
      goal: GOAL_MS,
    },
    figure(
      'the suite is on record as cancelled',
      measured.map(({ endedMs }) => endedMs),
    ),
    figure(
      `wall per run to have ${runs} in flight`,
      measured.map(({ started }) => runTimes(started, runs).rampMs / runs),
    ),
  ]
}

async function run(scale: Scale): Promise<Figure[]> {
  const repo = await plainRepository()
  const runs = scale(RUNS)
  try {
    return await withStack({ COMMIT_SUITE_SLOTS: String(runs) }, (bench) =>
      measure(bench, repo.path, runs, scale(TIMES)),
    )
  } finally {
    await repo.remove()
  }
}

export const cancel: Bench = {
  name: 'cancel',
  description: `From \`commit-suite cancel\` with ${RUNS} runs of \`sleep 600\` in flight until nothing of them is left.`,
  byDefault: true,
  run,
}
