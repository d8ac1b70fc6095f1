import { CommitSuiteError } from '../../src/contract/index.ts'
import type {
  CapturedStream,
  Executor,
  Preparation,
  PrepareRequest,
  ProvisionRequest,
  ReleaseRequest,
  RunCompletion,
  RunContext,
  RunRequest,
} from '../../src/executors/executor.ts'

/** What a suite asked of the executor, in order. */
export interface AskedOfPods {
  provisions: ProvisionRequest[]
  preparations: PrepareRequest[]
  runs: RunRequest[]
  forgotten: RunRequest[]
  releases: ReleaseRequest[]
}

/** Answers instead of a cluster; throws where a cluster would have a fault. */
export interface PodAnswers {
  assertSupported?: () => Promise<void>
  provision?: () => Promise<void>
  run?: (request: RunRequest, context: RunContext) => Promise<Partial<RunCompletion>>
  forget?: () => Promise<void>
}

/** The executor for pods without a cluster, for faults that a real one has too rarely. */
export function fakePods(answers: PodAnswers): { executor: Executor; asked: AskedOfPods } {
  const asked: AskedOfPods = { provisions: [], preparations: [], runs: [], forgotten: [], releases: [] }
  const executor: Executor = {
    assertSupported: async () => await answers.assertSupported?.(),
    async provision(request) {
      asked.provisions.push(request)
      await answers.provision?.()
      return { place: `cs-${request.suite} in test`, namespace: `cs-${request.suite}`, existed: false }
    },
    ensureSession: async () => ({ place: 'im-1 in test', namespace: 'im-1', existed: false }),
    findSession: async () => 'im-1',
    async prepare(request): Promise<Preparation> {
      asked.preparations.push(request)
      return { ok: true, treeKey: 'tree', cached: false, durationMs: 1, warnings: [] }
    },
    async run(request, context) {
      asked.runs.push(request)
      return { ...completion(), ...(await answers.run?.(request, context)) }
    },
    async forget(request) {
      asked.forgotten.push(request)
      await answers.forget?.()
    },
    async release(request) {
      asked.releases.push(request)
    },
  }
  return { executor, asked }
}

export const lost = (code: 'pod_deleted' | 'cluster_unavailable', message: string): CommitSuiteError =>
  new CommitSuiteError(code, message)

function completion(): RunCompletion {
  const nothing: CapturedStream = { totalBytes: 0, droppedBytes: 0, head: new Uint8Array(), tail: new Uint8Array() }
  return {
    exitCode: 0,
    signal: null,
    timedOut: false,
    outOfMemory: false,
    startedAt: new Date(),
    durationMs: 5,
    stdout: nothing,
    stderr: nothing,
    files: [],
    node: 'node-7',
    dispose: async () => undefined,
  }
}
