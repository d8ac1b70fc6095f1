import { plainRepository } from '../../support/repository.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { historiesOf } from '../histories.ts'
import { type MemorySample, memoryDuring } from '../memory.ts'
import { runTimes } from '../run-times.ts'
import { allEvents, type BenchStack, runSuite, withStack } from '../stack.ts'

const RUNS = 20_000
const PARALLELISM = 16
const SAMPLE_EVERY_MS = 200
const LONGEST_HISTORY = 10_000
const SUITE = 'large'

const options = (repo: string, id: string, runs: number) => [
  ...['--repo', repo, '--no-setup', '--command', 'true', '--id', id],
  ...['--runs', String(runs), '--parallelism', String(PARALLELISM)],
]

/** The memory when that share of the runs had finished, and its peak. */
function memoryFigures(process: string, samples: MemorySample[], finishedAtMs: number[]): Figure[] {
  const values = samples.map(({ residentMb }) => residentMb[process] ?? Number.NaN)
  const at = (share: number) => {
    const reachedAtMs = finishedAtMs[Math.ceil(share * finishedAtMs.length) - 1] ?? 0
    const index = samples.findIndex(({ atMs }) => atMs >= reachedAtMs)
    return values.at(index) ?? Number.NaN
  }
  return [
    ...[0.25, 0.5, 0.75, 1].map((share): Figure => {
      return { name: `memory of the ${process} at ${share * 100} % of the runs`, unit: 'MB', samples: [at(share)] }
    }),
    { name: `memory of the ${process}, peak`, unit: 'MB', samples: [Math.max(...values)] },
  ]
}

async function measure({ home, store, stack }: BenchStack, repo: string, runs: number): Promise<Figure[]> {
  if (stack.workerPid === null || stack.serverPid === null) throw new Error('the stack is not complete')
  await runSuite(home, options(repo, 'before', 2 * PARALLELISM))
  const { value: wallMs, samples } = await memoryDuring(
    { worker: stack.workerPid, server: stack.serverPid },
    SAMPLE_EVERY_MS,
    () => runSuite(home, options(repo, SUITE, runs)),
  )
  const events = await allEvents(store, SUITE)
  const { events: historyEvents, longest } = await historiesOf(stack, SUITE, runs)
  if (longest >= LONGEST_HISTORY) throw new Error(`a history has ${longest} events, the limit is ${LONGEST_HISTORY}`)
  const finishedAtMs = events.filter(({ type }) => type === 'run.finished').map(({ at }) => Date.parse(at))
  if (finishedAtMs.length !== runs) throw new Error(`${finishedAtMs.length} of ${runs} runs have finished`)
  return [
    { name: 'wall per run, of the whole command', unit: 'ms', samples: [wallMs / runs] },
    { name: 'a run, from started to finished', unit: 'ms', samples: runTimes(events, PARALLELISM).startToFinish },
    { name: 'history events per run, of all workflows', unit: 'events', samples: [historyEvents / runs] },
    { name: 'longest history', unit: 'events', samples: [longest], goal: LONGEST_HISTORY },
    ...memoryFigures('worker', samples, finishedAtMs),
    ...memoryFigures('server', samples, finishedAtMs),
  ]
}

async function run(scale: Scale): Promise<Figure[]> {
  const repo = await plainRepository()
  try {
    return await withStack({ COMMIT_SUITE_SLOTS: String(PARALLELISM) }, (bench) =>
      measure(bench, repo.path, scale(RUNS)),
    )
  } finally {
    await repo.remove()
  }
}

export const largeSuite: Bench = {
  name: 'large-suite',
  description: `${RUNS} runs of \`true\`, ${PARALLELISM} at once: memory and the longest history. Takes a quarter of an hour.`,
  byDefault: false,
  run,
}
