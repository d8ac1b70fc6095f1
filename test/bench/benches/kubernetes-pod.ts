import type { SuiteEvent } from '../../../src/contract/index.ts'
import { loadTemplate } from '../../../src/frameworks/templates.ts'
import { plainRepository } from '../../support/repository.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { type BenchLane, withLane } from '../kubernetes/lane.ts'
import { type LaneRun, laneRuns } from '../kubernetes/lane-run.ts'
import { PlainPods, type PlainRun } from '../kubernetes/plain-pods.ts'
import { allEvents, type BenchStack, runSuite, withStack } from '../stack.ts'

const RUNS = 60
const PARALLELISM = 10
const GOAL = 1.1
const REPORT = 'report.xml'
/** A little on both streams and a file, so that there is something to take out. */
const COMMAND = `echo said; echo told >&2; echo '<testsuites/>' >${REPORT}`
/** Of the suites; other benches may be on the same cluster. */
const ID = `bench-${process.pid}-round`

interface Rivals {
  bench: BenchStack
  repo: string
  lane: BenchLane
  plain: PlainPods
}

const timesOf = (events: SuiteEvent[], type: SuiteEvent['type']): number[] =>
  events.filter((event) => event.type === type).map(({ at }) => Date.parse(at))

interface SuiteRound {
  /** From the prepared commit to the last result. */
  runsMs: number
  wholeMs: number
}

async function bySuite({ bench, repo }: Rivals, runs: number, id: string): Promise<SuiteRound> {
  const options = ['--repo', repo, '--executor', 'kubernetes', '--no-setup', '--command', COMMAND, '--reports', REPORT]
  const size = ['--runs', String(runs), '--parallelism', String(PARALLELISM), '--id', id]
  const wholeMs = await runSuite(bench.home, [...options, ...size])
  const events = await allEvents(bench.store, id)
  const ready = events.find((event) => event.type === 'environment.step' && event.data.step === 'ready')
  if (ready === undefined) throw new Error(`the suite ${id} was never ready`)
  return { runsMs: Math.max(...timesOf(events, 'run.finished')) - Date.parse(ready.at), wholeMs }
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)

interface Rounds {
  runs: number
  alone: { wallMs: number; runs: LaneRun[] }[]
  suites: SuiteRound[]
  loops: number[]
  thriftyLoops: number[]
  requests: { ours: number; theirs: number; thrifty: number }
}

async function measure(rivals: Rivals, runs: number): Promise<Rounds> {
  const { lane, plain } = rivals
  const loop: PlainRun = { pack: lane.pack, command: COMMAND, report: REPORT, thrifty: false }
  const thriftyLoop = { ...loop, thrifty: true }
  const requests = { ours: 0, theirs: await plain.requestsOfOne(loop), thrifty: await plain.requestsOfOne(thriftyLoop) }
  const rounds: Rounds = { runs, alone: [], suites: [], loops: [], thriftyLoops: [], requests }
  const { alone, suites, loops, thriftyLoops } = rounds
  const steps = [
    async () => void alone.push(await laneRuns(lane, runs, PARALLELISM)),
    async () => void loops.push(await plain.loop(runs, PARALLELISM, loop)),
    async () => void thriftyLoops.push(await plain.loop(runs, PARALLELISM, thriftyLoop)),
    async () => void suites.push(await bySuite(rivals, runs, `${ID}-${suites.length}`)),
  ]
  const before = await lane.executor.requests()
  // In the order A B C D D C B A: what changes steadily on the machine meanwhile hits all alike.
  for (const step of [...steps, ...steps.toReversed()]) {
    await plain.allGone([lane.suite, ...suites.map((_, round) => `${ID}-${round}`)])
    await step()
  }
  requests.ours = ((await lane.executor.requests()) - before) / sum(alone.map(({ runs }) => runs.length))
  return rounds
}

function figures({ runs, alone, suites, loops, thriftyLoops, requests }: Rounds): Figure[] {
  const all = alone.flatMap((round) => round.runs)
  const [ours, ofSuites] = [alone.map(({ wallMs }) => wallMs), suites.map(({ runsMs }) => runsMs)]
  const ratio = (name: string, mine: number[], theirs: number[], goal = {}): Figure => ({
    ...{ name: `ratio of the wall times, ${name}`, unit: '×', samples: [sum(mine) / sum(theirs)], ...goal },
  })
  const perRun = (name: string, samples: number[]): Figure => ({
    ...{ name: `${name}: wall per run`, unit: 'ms', samples: samples.map((ms) => ms / runs) },
  })
  const ofARun = (name: string, samples: number[]): Figure => ({ name, unit: 'ms', samples })
  const asked = (name: string, count: number): Figure => ({
    ...{ name: `API requests per run, ${name}`, unit: 'requests', samples: [count] },
  })
  return [
    ratio('executor to kubectl', ours, loops, { goal: GOAL }),
    ratio('suite to kubectl', ofSuites, loops, { goal: GOAL }),
    ratio('executor to thrifty kubectl', ours, thriftyLoops),
    ratio('suite to thrifty kubectl', ofSuites, thriftyLoops),
    perRun('executor alone', ours),
    perRun('suite, from the prepared commit to the last result', ofSuites),
    perRun('kubectl in a loop', loops),
    perRun('kubectl in a loop, thrifty: one exec per run', thriftyLoops),
    perRun(
      'suite, of the whole command',
      suites.map(({ wholeMs }) => wholeMs),
    ),
    ofARun(
      'a run through the executor',
      all.map(({ wholeMs }) => wholeMs),
    ),
    ofARun(
      'of that, until its command runs',
      all.map(({ startMs }) => startMs),
    ),
    ofARun(
      'of that, until everything of it is here',
      all.map(({ endMs }) => endMs),
    ),
    asked('executor', requests.ours),
    asked('kubectl', requests.theirs),
    asked('thrifty kubectl', requests.thrifty),
  ]
}

async function run(scale: Scale): Promise<Figure[]> {
  const repo = await plainRepository()
  const plain = await PlainPods.open(await loadTemplate('generic'))
  const options = { isolation: 'pod' as const, parallelism: PARALLELISM, command: COMMAND, reports: [REPORT] }
  try {
    return await withStack({}, (bench) =>
      withLane(options, async (lane) => [
        ...figures(await measure({ bench, repo: repo.path, lane, plain }, scale(RUNS))),
        ...lane.startUp,
      ]),
    )
  } finally {
    await plain.close()
    await repo.remove()
  }
}

export const kubernetesPod: Bench = {
  name: 'kubernetes-pod',
  description: `${RUNS} short runs in pods of their own, ${PARALLELISM} at once, two rounds each: by the executor, by a suite and by kubectl in a loop.`,
  byDefault: false,
  run,
}
