import { setTimeout as delay } from 'node:timers/promises'
import { isOpen } from '../../../src/contract/index.ts'
import { connectSuites } from '../../../src/temporal/connect.ts'
import { plainRepository } from '../../support/repository.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { memoryDuring } from '../memory.ts'
import { allEvents, type BenchStack, withStack } from '../stack.ts'

const SUITES = 500
const RUNS = 20
const SLOTS = 16
const LOOK_EVERY_MS = 500
const SAMPLE_EVERY_MS = 500

/** Asks for all of them at once, as many people and schedules would, and waits for the last end. */
async function allAtOnce({ stack, store }: BenchStack, repo: string, suites: number): Promise<string[]> {
  const { temporalAddress: address, namespace } = stack
  const control = await connectSuites({ address, namespace, store })
  try {
    const ids = Array.from({ length: suites }, (_, index) => `at-once-${index}`)
    const request = { repo, command: { shell: 'true' }, setup: null, runs: RUNS, parallelism: 2 }
    await Promise.all(ids.map((id) => control.start({ ...request, id })))
    for (let open = suites; open > 0; await delay(LOOK_EVERY_MS)) {
      const counted = await Promise.all(ids.map((id) => store.suites.get(id)))
      open = counted.filter((suite) => suite === undefined || isOpen(suite.status)).length
    }
    return ids
  } finally {
    await control.close()
  }
}

async function measure(bench: BenchStack, repo: string, suites: number): Promise<Figure[]> {
  const { workerPid, serverPid } = bench.stack
  if (workerPid === null || serverPid === null) throw new Error('the stack is not complete')
  const begunMs = Date.now()
  const { value: ids, samples } = await memoryDuring({ worker: workerPid, server: serverPid }, SAMPLE_EVERY_MS, () =>
    allAtOnce(bench, repo, suites),
  )
  const wallMs = Date.now() - begunMs
  const firstRunsMs: number[] = []
  let finished = 0
  for (const id of ids) {
    const events = await allEvents(bench.store, id)
    finished += events.filter(({ type }) => type === 'run.finished').length
    const first = events.find(({ type }) => type === 'run.started')
    firstRunsMs.push(Date.parse(first?.at ?? '') - begunMs)
  }
  if (finished !== suites * RUNS) throw new Error(`${finished} of ${suites * RUNS} runs have finished`)
  const peak = (name: string) => Math.max(...samples.map(({ residentMb }) => residentMb[name] ?? 0))
  return [
    { name: `${suites} suites of ${RUNS} runs at once: wall per run`, unit: 'ms', samples: [wallMs / finished] },
    {
      name: 'from asking for all of them to the first run of each',
      unit: 's',
      samples: firstRunsMs.map((ms) => ms / 1_000),
    },
    { name: 'memory of the worker, peak', unit: 'MB', samples: [peak('worker')] },
    { name: 'memory of the server, peak', unit: 'MB', samples: [peak('server')] },
  ]
}

export const scaleSuites: Bench = {
  name: 'scale-suites',
  description: `${SUITES} suites of ${RUNS} runs of \`true\` asked for at once. Takes ten minutes.`,
  byDefault: false,
  async run(scale: Scale) {
    const repo = await plainRepository()
    try {
      const env = { COMMIT_SUITE_SLOTS: String(SLOTS), KUBECONFIG: '/nowhere' }
      return await withStack(env, (bench) => measure(bench, repo.path, scale(SUITES)))
    } finally {
      await repo.remove()
    }
  },
}
