import type { ErrorCode, ExecutorName, SuiteEvent, SuiteEventData } from '../../../contract/index.ts'
import type { ClusterFault, TestStatus } from './test-results.ts'

export interface TestOutcome {
  status: TestStatus
  /** What is to be said besides the output: why the tests could not be run, or were ended. */
  message: string | undefined
  clusterFaults: ClusterFault[]
}

export interface EndedTest {
  executor: ExecutorName
  namespace: string
  events: readonly SuiteEvent[]
  /** Why the suite was refused or failed, where no event says so. */
  failure?: { code: string; message: string } | undefined
}

/** What came of a test, by the events of its suite. */
export function outcomeOf(test: EndedTest): TestOutcome {
  const finished = lastRun(test.events)
  const clusterFaults = clusterFaultsOf(test)
  const ran = finished === undefined ? undefined : runOutcome(finished)
  if (ran !== undefined) return { ...ran, clusterFaults }
  return { status: 'error', message: whyNotRun(test, finished?.reason ?? undefined), clusterFaults }
}

/** Undefined where the infrastructure ended it. */
function runOutcome(run: SuiteEventData<'run.finished'>): Omit<TestOutcome, 'clusterFaults'> | undefined {
  switch (run.outcome) {
    case 'passed':
      return { status: 'passed', message: undefined }
    case 'failed':
      // Without its command no test ran.
      if (run.reason === 'command_not_found') return { status: 'error', message: 'The test command was not found.' }
      return { status: 'failed', message: undefined }
    case 'timed_out':
      return { status: 'failed', message: `The tests were ended after ${run.durationMs / 1000} s.` }
    case 'crashed':
      return { status: 'failed', message: `The tests crashed: ${run.reason ?? 'unknown'}.` }
    case 'cancelled':
      return { status: 'error', message: 'The test was cancelled.' }
    case 'error':
      return undefined
  }
}

/** The first cause that is known: the environment's, a lost run's, the suite's own. */
function whyNotRun({ events, failure }: EndedTest, reason: string | undefined): string {
  const failed = events
    .filter((event) => event.type === 'environment.step')
    .findLast(({ data }) => data.step === 'failed')
  if (failed !== undefined) return failed.data.message
  const retried = events.findLast((event) => event.type === 'run.retried')?.data.message
  if (retried !== undefined) return retried
  if (failure !== undefined) return failure.message
  const finished = events.findLast((event) => event.type === 'suite.finished')?.data
  if (finished?.failure !== undefined) return finished.failure
  if (finished?.status === 'cancelled') return 'The test was cancelled.'
  return `The tests could not be run: ${reason ?? 'internal'}.`
}

const OF_CLUSTERS: ReadonlySet<string> = new Set([
  'cluster_invalid',
  'cluster_unavailable',
  'environment_conflict',
  'environment_lost',
  'environment_refused',
  'image_unavailable',
  'unschedulable',
  'pod_evicted',
  'pod_preempted',
  'pod_deleted',
  'pod_failed',
  'node_lost',
] satisfies ErrorCode[])

function clusterFaultsOf({ executor, namespace, events, failure }: EndedTest): ClusterFault[] {
  if (executor !== 'kubernetes') return []
  const ofNamespace = `kubectl describe namespace ${namespace}`
  const ofPods = `kubectl get events --namespace ${namespace}`
  const faults = events.flatMap((event): ClusterFault[] => {
    if (event.type === 'run.retried' && OF_CLUSTERS.has(event.data.fault)) {
      return [{ command: ofPods, error: event.data.message ?? event.data.fault }]
    }
    if (event.type !== 'environment.step' || event.data.step !== 'failed') return []
    return event.data.message.startsWith('provision: ') ? [{ command: ofNamespace, error: event.data.message }] : []
  })
  const reason = lastRun(events)?.reason ?? ''
  if (faults.length === 0 && OF_CLUSTERS.has(reason)) return [{ command: ofPods, error: reason }]
  if (failure === undefined || !OF_CLUSTERS.has(failure.code)) return faults
  return [...faults, { command: ofNamespace, error: failure.message }]
}

const lastRun = (events: readonly SuiteEvent[]) => events.findLast((event) => event.type === 'run.finished')?.data
