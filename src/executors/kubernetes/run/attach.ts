import { CommitSuiteError } from '../../../contract/index.ts'
import type { StreamName } from '../../executor.ts'
import type { Capture } from '../capture.ts'
import type { Cluster, ExecSession, ExecTarget } from '../cluster/cluster.ts'
import { ExecFailed } from '../cluster/exec/exec-failed.ts'
import { attachCommand, encodeSelection, UNHEALTHY } from '../in-pod/commands.ts'
import { type Frame, FrameParser, ProtocolError, type RunStatus } from '../in-pod/frames.ts'
import { ROOT } from '../manifest/own-volumes.ts'
import type { FollowHandlers } from './follow.ts'

export interface Attached {
  status: RunStatus
  tails: Record<StreamName, Uint8Array>
}

export interface AttachRequest {
  name: string
  /** The line that `encodeRequest` makes. */
  request: Uint8Array
  collected: readonly string[]
}

export interface AttachState {
  capture: Record<StreamName, Capture>
  startedAt: Date | null
  /** What was printed last, once that is no longer passed on. */
  recent: Record<StreamName, Uint8Array>
  signal: AbortSignal
}

/** The pod can take no more runs, and has not taken this one. */
export class PodUnhealthy extends Error {
  override name = 'PodUnhealthy'
}

/**
 * One connection to the runner, from asking for the run to its collected end.
 *
 * @throws ExecFailed where the connection broke; whatever was received stays in `state`
 */
export async function attachOnce(
  cluster: Cluster,
  target: ExecTarget,
  { name, request, collected }: AttachRequest,
  { state, handlers }: { state: AttachState; handlers: FollowHandlers },
): Promise<Attached> {
  const parser = new FrameParser()
  const opened = Promise.withResolvers<ExecSession>()
  opened.promise.catch(() => undefined)
  const taking = new FrameTaker(state, handlers, async (bytes) => (await opened.promise).write(bytes))
  const [stdoutOffset, stderrOffset] = [state.capture.stdout.offset, state.capture.stderr.offset]
  const command = attachCommand(ROOT, { name, stdoutOffset, stderrOffset, collected })
  const session = await cluster.exec(target, command, {
    signal: state.signal,
    onStdout: async (bytes) => {
      for (const frame of parser.push(bytes)) await taking.take(frame)
    },
  })
  opened.resolve(session)
  await session.write(request)
  const { exitCode, stderr } = await session.ended
  if (taking.attached !== undefined) return taking.attached
  if (exitCode === UNHEALTHY) throw new PodUnhealthy(`The pod ${target.pod} can take no more runs.`)
  // Ended with what the run left behind, or for lack of room for a process: the runner itself goes on.
  throw new ExecFailed('lost', `The follower in the pod ended too early (${exitCode}): ${stderr.trim()}`)
}

class FrameTaker {
  attached: Attached | undefined
  #status: RunStatus | undefined
  readonly #tails: Record<StreamName, Uint8Array> = { stdout: new Uint8Array(), stderr: new Uint8Array() }
  readonly #state: AttachState
  readonly #handlers: FollowHandlers
  readonly #answer: (bytes: Uint8Array) => Promise<void>

  constructor(state: AttachState, handlers: FollowHandlers, answer: (bytes: Uint8Array) => Promise<void>) {
    this.#state = state
    this.#handlers = handlers
    this.#answer = answer
  }

  async take(frame: Frame): Promise<void> {
    switch (frame.type) {
      case 'started':
        if (this.#state.startedAt !== null) return
        this.#state.startedAt = new Date(frame.atMs)
        return await this.#handlers.onStarted(this.#state.startedAt)
      case 'output': {
        const chunk = this.#state.capture[frame.stream].take(frame.offset, frame.bytes)
        return chunk === undefined ? undefined : await this.#handlers.onOutput(chunk)
      }
      case 'recent':
        this.#state.recent[frame.stream] = frame.bytes
        return
      case 'status':
        this.#status = frame.status
        return
      case 'tail':
        this.#tails[frame.stream] = frame.bytes
        return
      case 'files':
        return await this.#answer(encodeSelection(this.#handlers.selectFiles(frame.names)))
      case 'archive':
        return await this.#handlers.onArchive(frame.bytes)
      case 'end':
        if (this.#status === undefined) throw new ProtocolError('the runner told no status')
        this.attached = { status: this.#status, tails: this.#tails }
    }
  }
}

/** What a runner says that does not follow the protocol is a fault of the pod: what runs in it can write its files. */
export const asFault = (error: unknown): unknown =>
  error instanceof ProtocolError || error instanceof RangeError
    ? new CommitSuiteError('pod_failed', `The runner in the pod cannot be understood: ${error.message}`)
    : error
