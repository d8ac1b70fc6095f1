/**
 * Names of workflows, runs, environments and task queues. Free of zod: workflow bundles hold this file.
 */

/** The first 12 hex digits, the form in which commits stand in names. */
export const sha12 = (sha: string): string => sha.slice(0, 12)

interface RunName {
  suite: string
  sha: string
  attempt: number
  generation: number
}

const generationSuffix = (generation: number): string => (generation === 0 ? '' : `.g${generation}`)

/** Public id of a run: `<suite>.<sha12>.<attempt>`, with `.g<generation>` where that is not 0. */
export function formatRunId(key: RunName): string {
  return `${key.suite}.${sha12(key.sha)}.${key.attempt}${generationSuffix(key.generation)}`
}

/** Ids of workflows, public in the Temporal Web UI. */
export const suiteWorkflowId = (suite: string): string => `suite/${suite}`
export const laneWorkflowId = (suite: string, sha: string): string => `suite/${suite}/${sha12(sha)}`
export function runWorkflowId(key: RunName): string {
  return `suite/${key.suite}/${sha12(key.sha)}/${key.attempt}${generationSuffix(key.generation)}`
}

/** The suite id inside a workflow id started by hand: `suite/<id>` or the bare id. */
export function suiteIdOfWorkflow(workflowId: string): string {
  return workflowId.startsWith('suite/') ? workflowId.slice('suite/'.length) : workflowId
}

/** Task queue of workflows and of the activities that any worker can do. */
export const TASK_QUEUE = 'commit-suite'
/** Task queue of one host: preparation and runs, bounded by its slots. */
export const hostTaskQueue = (host: string): string => `commit-suite-host-${host}`
/** Task queue of one host for clean-up, which must not wait behind runs. */
export const controlTaskQueue = (host: string): string => `commit-suite-control-${host}`
/** Task queue of one host for runs in pods, bounded by the pods it may have at once. */
export const podTaskQueue = (host: string): string => `commit-suite-pods-${host}`
