import type { ClientMessage } from './client-message.ts'
import type { Face } from './face.ts'
import { faultMessage } from './fault-message.ts'
import { complete, type Update, update } from './messages.ts'
import { ensurePlace } from './session-place.ts'
import { stepsOf, type TestCourse } from './steps.ts'
import { type Audience, projectSession } from './stream-test.ts'

type NamespaceSetup = Extract<ClientMessage, { kind: 'namespace_setup' }>

/** Dialect 2: makes the namespace of a project, or finds it there, without a test. */
export async function streamNamespace(
  face: Face,
  { project, projectType }: NamespaceSetup,
  { caller, send, signal }: Audience,
): Promise<void> {
  const { executor } = face
  const tell = (one: Update) => send(update('namespace', one))
  const course: TestCourse = {
    executor,
    begunAt: new Date().toISOString(),
    firstOfRepository: true,
    events: [],
  }
  const [begun] = stepsOf(course)
  if (begun !== undefined) await tell({ type: 'step', data: begun })
  try {
    const place = await ensurePlace(face, projectSession(project, caller), projectType)
    for (const step of stepsOf({ ...course, readyAt: place.at }).slice(1)) await tell({ type: 'step', data: step })
    await tell({ type: 'complete', data: { status: place.status } })
    const happened = place.status === 'created' ? 'was created' : 'exists'
    await send(complete('namespace', true, `Namespace ${place.namespace} ${happened}.`))
  } catch (error) {
    signal.throwIfAborted()
    const message = faultMessage(face, error, projectType)
    await tell({ type: 'error', data: { message, step: 'setup' } })
    await send(complete('namespace', false, message))
  }
}
