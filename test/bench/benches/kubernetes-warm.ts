import { loadTemplate } from '../../../src/frameworks/templates.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { type BenchLane, withLane } from '../kubernetes/lane.ts'
import { type LaneRun, laneRun } from '../kubernetes/lane-run.ts'
import { PlainPods } from '../kubernetes/plain-pods.ts'
import { type PodTimes, podTimes } from '../kubernetes/pod-times.ts'

const ROUNDS = 10
const RUNS_PER_ROUND = 20
const GOAL_MS = 100
/** As the executor has it by default. */
const RUNS_PER_POD = 100
const PLAIN = 'plain'

async function repeatedly<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let time = 0; time < times; time++) results.push(await work())
  return results
}

async function measure(lane: BenchLane, plain: PlainPods, rounds: number): Promise<Figure[]> {
  const first = await laneRun(lane)
  await plain.exec(PLAIN)
  const runs: LaneRun[] = []
  const inPod: PodTimes[] = []
  const execs: number[] = []
  let requests = 0
  const watched = () =>
    laneRun(lane, async (request) => {
      inPod.push(await podTimes(request, Math.floor(request.key.attempt / RUNS_PER_POD) + 1))
    })
  // In turns: what changes on the machine meanwhile hits all alike.
  for (let round = 0; round < rounds; round++) {
    const before = await lane.executor.requests()
    runs.push(...(await repeatedly(RUNS_PER_ROUND, () => laneRun(lane))))
    requests += (await lane.executor.requests()) - before
    execs.push(...(await repeatedly(RUNS_PER_ROUND, () => plain.exec(PLAIN))))
    await repeatedly(RUNS_PER_ROUND, watched)
  }
  return [
    { name: 'in the pod: from request to status', unit: 'ms', samples: inPod.map(({ runMs }) => runMs), goal: GOAL_MS },
    { name: 'in the pod: a fresh tree after that', unit: 'ms', samples: inPod.map(({ refreshMs }) => refreshMs) },
    { name: 'as the worker sees it, one after the other', unit: 'ms', samples: runs.map(({ wholeMs }) => wholeMs) },
    { name: 'of that, until the command runs', unit: 'ms', samples: runs.map(({ startMs }) => startMs) },
    { name: '`kubectl exec POD -- true`', unit: 'ms', samples: execs },
    { name: 'API requests per run', unit: 'requests', samples: [requests / runs.length] },
    ...lane.startUp,
    { name: 'the first run, with the start of its pod', unit: 'ms', samples: [first.wholeMs] },
  ]
}

async function run(scale: Scale): Promise<Figure[]> {
  const plain = await PlainPods.open(await loadTemplate('generic'))
  try {
    await plain.start(PLAIN)
    const options = { isolation: 'warm' as const, parallelism: 1, command: 'true', reports: [] }
    return await withLane(options, (lane) => measure(lane, plain, scale(ROUNDS)))
  } finally {
    await plain.close()
  }
}

export const kubernetesWarm: Bench = {
  name: 'kubernetes-warm',
  description: `${ROUNDS} rounds of ${RUNS_PER_ROUND} runs of \`true\`, one after the other in a warm pod, and as many of \`kubectl exec\` in an equal one.`,
  byDefault: false,
  run,
}
