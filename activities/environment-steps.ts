import type { NewSuiteEvent, SuiteEventData } from '../src/contract/index.ts'
import type { CommitReference } from './api.ts'
import type { ActivityDeps } from './deps.ts'

type Step = SuiteEventData<'environment.step'>['step']

/** Where a step stands in here is the ordinal of its event, for ever. */
const STEPS: readonly Step[] = [
  'provision',
  'checkout',
  'setup',
  'ready',
  'failed',
  'released',
  'kept',
  'waiting',
  'warning',
]

/** More than there will ever be steps: those of an extension have ordinals of their own. */
const STEPS_PER_EXTENSION = 100

/** Records a step of a commit's environment. */
export async function recordStep(
  deps: ActivityDeps,
  { suite, sha, extension = 0 }: CommitReference,
  step: Step,
  message: string,
  details: Pick<SuiteEventData<'environment.step'>, 'cached' | 'warnings' | 'namespace' | 'existed'> = {},
): Promise<void> {
  const data = { sha, step, message, ...details }
  const ordinal = extension * STEPS_PER_EXTENSION + STEPS.indexOf(step)
  const event: NewSuiteEvent = { suite, type: 'environment.step', subject: sha, ordinal, data }
  await deps.store.events.append(event)
}
