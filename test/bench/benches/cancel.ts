import { isSameProcess, type ProcessIdentity, processIdentity } from '../../../src/process/identity.ts'
import type { Store } from '../../../src/store/store.ts'
import type { Home } from '../../support/home.ts'
import { plainRepository } from '../../support/repository.ts'
import { until } from '../../support/until.ts'
import { addUp, cpuDuring, cpuFigures, partsOf } from '../cpu-time.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { runTimes } from '../run-times.ts'
import { allEvents, type BenchStack, withStack } from '../stack.ts'

const TIMES = 3
const RUNS = 200
const GOAL_MS = 10_000
const PATIENCE_MS = 300_000
const PAGE = 1_000

async function identities(pids: number[]): Promise<ProcessIdentity[]> {
  return (await Promise.all(pids.map(processIdentity))).filter((identity) => identity !== undefined)
}

/**
 * Looks at one known process at a time, and at all processes of the machine only when those are gone: to look at
 * hundreds over and over would take the time that is measured.
 */
async function untilNothingIsLeft(home: Home, known: ProcessIdentity[], marker: string): Promise<void> {
  const left = [...known]
  await until(
    `no process with ${marker}`,
    async () => {
      for (let next = left.at(-1); next !== undefined; next = left.at(-1)) {
        if (await isSameProcess(next)) return false
        left.pop()
      }
      return (await home.processes((text) => text.includes(marker))).length === 0
    },
    PATIENCE_MS,
  )
  await until('no workspace is left', async () => (await home.workspaces()).length === 0, PATIENCE_MS)
}

/** Reads on from where it was: to read all events each time would keep a core busy. */
async function untilInFlight(store: Store, suite: string, runs: number): Promise<void> {
  let [seen, started] = [0, 0]
  const areAll = async () => {
    const events = await store.events.read(suite, seen, PAGE)
    seen = events.at(-1)?.seq ?? seen
    started += events.filter(({ type }) => type === 'run.started').length
    return started === runs
  }
  await until('all runs are in flight', areAll, PATIENCE_MS)
}

async function cancelOnce(bench: BenchStack, repo: string, id: string, runs: number) {
  const { home, store } = bench
  const marker = `MARK_OF_CANCELLED_RUN=${id}-${process.pid}`
  const { exitCode, stderr } = await home.cli(
    ...['run', '--repo', repo, '--no-setup', '--command', 'sleep 600', '--id', id, '--detach', '--env', marker],
    ...['--runs', String(runs), '--parallelism', String(runs)],
  )
  if (exitCode !== 0) throw new Error(`the suite could not be started: ${stderr}`)
  await untilInFlight(store, id, runs)
  const known = await identities(await home.processes((text) => text.includes(marker)))
  if (known.length < runs) throw new Error(`only ${known.length} processes carry the mark of ${runs} runs`)

  const times = { acceptedMs: 0, goneMs: 0, endedMs: 0 }
  const beganAtMs = performance.now()
  const sinceMs = () => performance.now() - beganAtMs
  const split = await cpuDuring(await partsOf(bench), async () => {
    const cancelled = await home.cli('cancel', id)
    times.acceptedMs = sinceMs()
    if (cancelled.exitCode !== 0) throw new Error(`cancel ended with ${cancelled.exitCode}: ${cancelled.stderr}`)
    await untilNothingIsLeft(home, known, marker)
    times.goneMs = sinceMs()
    await until('the suite has ended', async () => (await store.suites.get(id))?.status === 'cancelled', PATIENCE_MS)
    times.endedMs = sinceMs()
  })
  return { ...times, split, started: await allEvents(store, id) }
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
    ...cpuFigures('cancel', addUp(measured.map(({ split }) => split)), runs * times),
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
