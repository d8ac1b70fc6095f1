import type { SessionRef } from '../../../contract/index.ts'
import type { Caller } from '../../auth/caller.ts'
import type { ClientMessage } from './client-message.ts'
import type { Face } from './face.ts'
import { faultMessage } from './fault-message.ts'
import { errorReply, testReply } from './messages.ts'
import { performTest } from './perform-test.ts'
import { ensurePlace } from './session-place.ts'

type PlainTest = Extract<ClientMessage, { kind: 'test' }>

/**
 * The one reply of dialect 1 to a request. A client sends its next commit on whatever message it gets, so there is
 * nothing before it, and it comes whatever happens.
 */
export async function answerTest(
  face: Face,
  { chat, user, request }: PlainTest,
  caller: Caller,
  signal: AbortSignal,
): Promise<object> {
  const session: SessionRef = { chat, user, key: caller.key ?? '' }
  try {
    const ensured = () => ensurePlace(face, session, request.projectType)
    const { place, results } = await performTest(face, { session, caller, request, place: ensured }, signal)
    const { namespace, projectType, at } = place
    const status = place.status === 'created' ? 'created' : 'exists'
    return testReply({ status, namespace, project_type: projectType, timestamp: at }, results)
  } catch (error) {
    signal.throwIfAborted()
    return errorReply(faultMessage(face, error, request.projectType))
  }
}
