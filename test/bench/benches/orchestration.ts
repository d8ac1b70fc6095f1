import { plainRepository } from '../../support/repository.ts'
import { cpuDuring, cpuFigures, partsOf } from '../cpu-time.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { historiesOf } from '../histories.ts'
import { runTimes } from '../run-times.ts'
import { allEvents, type BenchStack, runSuite, withStack } from '../stack.ts'

const RUNS = 1_000
const PARALLELISM = 16
const SUITE = 'many'

const options = (repo: string, id: string, runs: number) => [
  ...['--repo', repo, '--no-setup', '--command', 'true', '--id', id],
  ...['--runs', String(runs), '--parallelism', String(PARALLELISM)],
]

async function measure(bench: BenchStack, repo: string, runs: number): Promise<Figure[]> {
  const { home, store, stack } = bench
  await runSuite(home, options(repo, 'before', 2 * PARALLELISM))
  let wallMs = 0
  const split = await cpuDuring(await partsOf(bench), async () => {
    wallMs = await runSuite(home, options(repo, SUITE, runs))
  })
  const times = runTimes(await allEvents(store, SUITE), PARALLELISM)
  const { events, longest } = await historiesOf(stack, SUITE, runs)
  const perRun = (name: string, value: number): Figure => ({ name, unit: 'ms', samples: [value / runs] })
  return [
    perRun('wall per run, from the first start to the last end', times.spanMs),
    perRun('wall per run, of the whole command', wallMs),
    { name: 'a run, from started to finished', unit: 'ms', samples: times.startToFinish },
    { name: 'of that, the command', unit: 'ms', samples: times.commands },
    ...(times.slotWaits.length === 0
      ? []
      : [{ name: 'a slot, from one run to the next', unit: 'ms' as const, samples: times.slotWaits }]),
    { name: 'history events per run, of all workflows', unit: 'events', samples: [events / runs] },
    { name: 'longest history', unit: 'events', samples: [longest] },
    ...cpuFigures('orchestration', split, runs),
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

export const orchestration: Bench = {
  name: 'orchestration',
  description: `${RUNS} runs of \`true\`, ${PARALLELISM} at once, with the embedded stack up.`,
  byDefault: true,
  run,
}
