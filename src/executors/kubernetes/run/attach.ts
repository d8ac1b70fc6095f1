import { CommitSuiteError } from '../../../contract/index.ts'
import type { StreamName } from '../../executor.ts'
import type { Capture } from '../capture.ts'
import type { Cluster, ExecTarget } from '../cluster/cluster.ts'
import { ExecFailed } from '../cluster/exec/exec-failed.ts'
import { attachCommand, encodeSelection } from '../in-pod/commands.ts'
import { type Frame, FrameParser, type RunStatus } from '../in-pod/frames.ts'
import type { FollowHandlers } from './follow.ts'

export interface Attached {
  status: RunStatus
  tails: Record<StreamName, Uint8Array>
}

/** One connection to the runner: throws `ExecFailed` where it broke before the run was over and collected. */
export async function attachOnce(
  cluster: Cluster,
  target: ExecTarget,
  run: { name: string; request: Uint8Array },
  to: FollowHandlers & {
    capture: Record<StreamName, Capture>
    seen: { startedAt: Date | null }
    signal: AbortSignal
  },
): Promise<Attached> {
  const parser = new FrameParser()
  const tails: Record<StreamName, Uint8Array> = { stdout: new Uint8Array(), stderr: new Uint8Array() }
  let status: RunStatus | undefined
  let complete = false
  const ready = Promise.withResolvers<typeof session>()
  const take = async (frame: Frame): Promise<void> => {
    switch (frame.type) {
      case 'started':
        if (to.seen.startedAt === null) {
          to.seen.startedAt = new Date(frame.atMs)
          await to.onStarted(to.seen.startedAt)
        }
        return
      case 'output': {
        const chunk = to.capture[frame.stream].take(frame.offset, frame.bytes)
        if (chunk !== undefined) await to.onOutput(chunk)
        return
      }
      case 'status':
        status = frame.status
        return
      case 'tail':
        tails[frame.stream] = frame.bytes
        return
      case 'files':
        await (await ready.promise).write(encodeSelection(to.selectFiles(frame.files)))
        return
      case 'archive':
        await to.onArchive(frame.bytes)
        return
      case 'end':
        complete = true
    }
  }
  const session = await cluster.exec(
    target,
    attachCommand(run.name, to.capture.stdout.offset, to.capture.stderr.offset),
    {
      signal: to.signal,
      onStdout: async (bytes) => {
        for (const frame of parser.push(bytes)) await take(frame)
      },
    },
  )
  ready.resolve(session)
  await session.write(run.request)
  const end = await session.ended
  if (complete && status !== undefined) return { status, tails }
  if (end.exitCode === 0) throw new ExecFailed('lost', 'The runner hung up before the run was over.')
  throw hungUp(end.exitCode, end.stderr)
}

/** Killed with what the run left, or told by the script itself that it cannot go on. */
function hungUp(exitCode: number, stderr: string): Error {
  if (exitCode > 128) return new ExecFailed('lost', `The follower in the pod was ended (${exitCode}).`)
  return new CommitSuiteError('pod_failed', `The runner in the pod failed (${exitCode}): ${stderr.trim()}`)
}
