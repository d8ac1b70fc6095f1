import type { NewSuiteEvent, SuiteEventData } from '../src/contract/index.ts'
import type { ActivityDeps } from './deps.ts'

export interface CommitReference {
  suite: string
  sha: string
}
type Step = SuiteEventData<'environment.step'>['step']

/** Where a step stands in here is the ordinal of its event, for ever. */
const STEPS: readonly Step[] = ['provision', 'checkout', 'setup', 'ready', 'failed', 'released', 'kept', 'waiting']

/** Records a step of a commit's environment. */
export async function recordStep(
  deps: ActivityDeps,
  { suite, sha }: CommitReference,
  step: Step,
  message: string,
  details: { cached?: boolean; warnings?: string[] } = {},
): Promise<void> {
  const data = { sha, step, message, ...details }
  const event: NewSuiteEvent = { suite, type: 'environment.step', subject: sha, ordinal: STEPS.indexOf(step), data }
  await deps.store.events.append(event)
}
