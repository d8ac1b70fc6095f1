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

/** Leaves room in an id for the round and the number of a suite that makes a part of the runs. */
export const SEARCH_ID_LENGTH = 30
export const searchWorkflowId = (search: string): string => `search/${search}`
/** The search id inside a workflow id started by hand: `search/<id>` or the bare id. */
export function searchIdOfWorkflow(workflowId: string): string {
  return workflowId.startsWith('search/') ? workflowId.slice('search/'.length) : workflowId
}

export const isolationWorkflowId = (isolation: string): string => `isolation/${isolation}`
/** The isolation id inside a workflow id started by hand: `isolation/<id>` or the bare id. */
export function isolationIdOfWorkflow(workflowId: string): string {
  return workflowId.startsWith('isolation/') ? workflowId.slice('isolation/'.length) : workflowId
}

/** Id of the workflow that tells a target of the end of a suite, which it reached after so many extensions. */
export const notifyWorkflowId = (suite: string, target: string, extension: number): string =>
  `notify/${suite}/${target}/${extension}`

/** Id of the schedule of a sweep, and the beginning of the ids of its firings' workflows. */
export const sweepScheduleId = (sweep: string): string => `sweep/${sweep}`
/** The sweep that a schedule belongs to; undefined of other schedules. */
export const sweepOfSchedule = (scheduleId: string): string | undefined => /^sweep\/(.+)$/.exec(scheduleId)?.[1]

/** Id of the suite that makes a part of the runs of a search: of the round, from 1, and of the commit in it, from 1. */
export const partSuiteId = (search: string, round: number, number: number): string => `${search}-${round}-${number}`
/** The id that a suite of that form is named after, whether there is a search of that id or not. */
export function wholeOfPart(suite: string): string | undefined {
  return /^(.+)-[1-9]\d{0,3}-[1-9]\d{0,3}$/.exec(suite)?.[1]
}

/** Task queue of workflows and of the activities that any worker can do. */
export const TASK_QUEUE = 'commit-suite'
/** Task queue of one host: preparation and runs, bounded by its slots. */
export const hostTaskQueue = (host: string): string => `commit-suite-host-${host}`
/** Task queue of one host for clean-up, which must not wait behind runs. */
export const controlTaskQueue = (host: string): string => `commit-suite-control-${host}`
/** Task queue of one host for runs in pods, bounded by the pods it may have at once. */
export const podTaskQueue = (host: string): string => `commit-suite-pods-${host}`
