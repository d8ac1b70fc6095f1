import { plainRepository } from '../../support/repository.ts'
import { cpuDuring, partsOf } from '../cpu-time.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { historiesOf } from '../histories.ts'
import { allEvents, type BenchStack, runSuite, withStack } from '../stack.ts'

const SIZES = [100, 1_000, 10_000, 100_000]
const PARALLELISM = 16
/** Of Temporal's limit of 51,200 events, as docs/design promises it. */
const LONGEST_HISTORY = 10_000
/** Small suites are run again, so that each size has as many runs as this where it can. */
const RUNS_OF_A_FIGURE = 1_000

interface Cost {
  wallMs: number
  cpuMs: number
}

const options = (repo: string, id: string, runs: number) => [
  ...['--repo', repo, '--no-setup', '--command', 'true', '--id', id],
  ...['--runs', String(runs), '--parallelism', String(PARALLELISM)],
]

/** What a suite of so many runs costs for each of them, from its first start to its last end. */
async function costOf(bench: BenchStack, repo: string, { id, runs }: { id: string; runs: number }): Promise<Cost> {
  const split = await cpuDuring(await partsOf(bench), () => runSuite(bench.home, options(repo, id, runs)))
  const events = await allEvents(bench.store, id)
  const at = (type: string) => events.filter((event) => event.type === type).map((event) => Date.parse(event.at))
  const ends = at('run.finished')
  if (ends.length !== runs) throw new Error(`${ends.length} of ${runs} runs have finished`)
  const begunMs = at('run.started').reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY)
  const endedMs = ends.reduce((most, ms) => Math.max(most, ms), 0)
  const cpuMs = Object.values(split).reduce((sum, ms) => sum + ms, 0)
  return { wallMs: (endedMs - begunMs) / runs, cpuMs: cpuMs / runs }
}

async function ofSize(bench: BenchStack, repo: string, runs: number): Promise<Cost[]> {
  const costs: Cost[] = []
  for (let time = 0; time < Math.max(1, Math.ceil(RUNS_OF_A_FIGURE / runs)); time++) {
    costs.push(await costOf(bench, repo, { id: `size-${runs}-${time}`, runs }))
  }
  return costs
}

async function measure(bench: BenchStack, repo: string, scale: Scale): Promise<Figure[]> {
  await runSuite(bench.home, options(repo, 'before', 2 * PARALLELISM))
  const figures: Figure[] = []
  const means: Cost[] = []
  let longest = 0
  for (const size of SIZES) {
    const runs = scale(size)
    const costs = await ofSize(bench, repo, runs)
    const samples = (of: (cost: Cost) => number) => costs.map(of)
    figures.push(
      { name: `${runs} runs in a suite: wall per run`, unit: 'ms', samples: samples(({ wallMs }) => wallMs) },
      { name: `${runs} runs in a suite: CPU per run`, unit: 'CPU-ms', samples: samples(({ cpuMs }) => cpuMs) },
    )
    means.push({ wallMs: mean(samples(({ wallMs }) => wallMs)), cpuMs: mean(samples(({ cpuMs }) => cpuMs)) })
    longest = (await historiesOf(bench.stack, `size-${runs}-0`, runs)).longest
    if (longest >= LONGEST_HISTORY) throw new Error(`a history has ${longest} events, the limit is ${LONGEST_HISTORY}`)
  }
  const [small, large] = [means[1], means.at(-1)]
  const ratio = (of: (cost: Cost) => number) => (small && large ? of(large) / of(small) : Number.NaN)
  return [
    ...figures,
    {
      name: 'wall per run, the largest suite beside the second',
      unit: '×',
      samples: [ratio(({ wallMs }) => wallMs)],
      goal: 1.1,
    },
    {
      name: 'CPU per run, the largest suite beside the second',
      unit: '×',
      samples: [ratio(({ cpuMs }) => cpuMs)],
      goal: 1.1,
    },
    { name: 'longest history of the largest suite', unit: 'events', samples: [longest], goal: LONGEST_HISTORY },
  ]
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

export const scaleGrowth: Bench = {
  name: 'scale-growth',
  description: `Suites of ${SIZES.join(', ')} runs of \`true\`, ${PARALLELISM} at once: what each run costs. Takes an hour.`,
  byDefault: false,
  async run(scale) {
    const repo = await plainRepository()
    try {
      const env = { COMMIT_SUITE_SLOTS: String(PARALLELISM), KUBECONFIG: '/nowhere' }
      return await withStack(env, (bench) => measure(bench, repo.path, scale))
    } finally {
      await repo.remove()
    }
  },
}
