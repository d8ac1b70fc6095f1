import { formatRunId, laneWorkflowId, type RunKey, runWorkflowId } from '../contract/index.ts'
import { activityNotes } from './activity-notes.ts'

/** What stands in every line of the log that concerns a run, under these names. */
export interface RunFields {
  suite: string
  sha: string
  run: string
  workflowId: string
  attempt: number
  seed: number
  try: number
}

export const runFields = (run: { key: RunKey; seed: number; try: number }): RunFields => ({
  ...keyFields(run.key),
  seed: run.seed,
  try: run.try,
})

/** The same of a run of which no more is known yet. */
export const keyFields = (key: RunKey): Omit<RunFields, 'seed' | 'try'> => ({
  suite: key.suite,
  sha: key.sha,
  run: formatRunId(key),
  workflowId: runWorkflowId(key),
  attempt: key.attempt,
})

/** The same for executors, which are not told the seed: the activity that calls them has noted it. */
export function requestFields({ key, try: nth }: { key: RunKey; try: number }): Partial<RunFields> {
  const seed = activityNotes()?.seed
  return { ...keyFields(key), ...(seed === undefined ? {} : { seed }), try: nth }
}

/** What stands in every line of the log that concerns a commit of a suite. */
export const commitFields = ({ suite, sha }: { suite: string; sha: string }) => ({
  suite,
  sha,
  workflowId: laneWorkflowId(suite, sha),
})

const SUITE_WORKFLOW = /^suite\/([a-z0-9-]+)(?:\/([0-9a-f]{12})(?:\/(\d+))?)?/

/** What the id of a workflow tells: the suite, the first twelve digits of the commit, the attempt. */
export function fieldsOfWorkflow(workflowId: unknown): Partial<Pick<RunFields, 'suite' | 'sha' | 'attempt'>> {
  const match = typeof workflowId === 'string' ? SUITE_WORKFLOW.exec(workflowId) : null
  if (match === null) return {}
  const [, suite = '', sha, attempt] = match
  return {
    suite,
    ...(sha === undefined ? {} : { sha }),
    ...(attempt === undefined ? {} : { attempt: Number(attempt) }),
  }
}

/** What the argument of an activity tells of the suite, commit and run that it is about. */
export function fieldsOfArgument(args: readonly unknown[]): Partial<Omit<RunFields, 'workflowId' | 'seed' | 'try'>> {
  const [first] = args
  if (typeof first !== 'object' || first === null) return {}
  // The activity for runs that could not be carried through holds the run besides its fault.
  if ('run' in first && typeof first.run === 'object') return fieldsOfArgument([first.run])
  const suite = 'suite' in first && typeof first.suite === 'string' ? first.suite : undefined
  const sha = 'sha' in first && typeof first.sha === 'string' ? first.sha : undefined
  const attempt = 'attempt' in first && typeof first.attempt === 'number' ? first.attempt : undefined
  const generation = 'generation' in first && typeof first.generation === 'number' ? first.generation : 0
  return {
    ...(suite === undefined ? {} : { suite }),
    ...(sha === undefined ? {} : { sha }),
    ...(suite === undefined || sha === undefined || attempt === undefined
      ? {}
      : { attempt, run: formatRunId({ suite, sha, attempt, generation }) }),
  }
}
