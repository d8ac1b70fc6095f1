import { plainRepository } from '../../support/repository.ts'
import type { Bench, Figure, Scale } from '../figure.ts'
import { memoryDuring } from '../memory.ts'
import { allEvents, type BenchStack, withStack } from '../stack.ts'
import { suitesAtOnce } from '../suites-at-once.ts'

const SUITES = 500
const RUNS = 20
const SLOTS = 16
const SAMPLE_EVERY_MS = 500

async function measure(bench: BenchStack, repo: string, suites: number): Promise<Figure[]> {
  const { store, stack } = bench
  const { workerPid, serverPid, temporalAddress: address, namespace } = stack
  if (workerPid === null || serverPid === null) throw new Error('the stack is not complete')
  const ids = Array.from({ length: suites }, (_, index) => `at-once-${index}`)
  const request = { repo, command: { shell: 'true' }, setup: null, runs: RUNS, parallelism: 2 }
  const begunMs = Date.now()
  const { value: wallMs, samples } = await memoryDuring({ worker: workerPid, server: serverPid }, SAMPLE_EVERY_MS, () =>
    suitesAtOnce({ address, namespace, store, ids, request }),
  )
  const firstRunsMs: number[] = []
  let finished = 0
  for (const id of ids) {
    const events = await allEvents(store, id)
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
