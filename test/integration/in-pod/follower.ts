import { attachCommand, encodeSelection } from '../../../src/executors/kubernetes/in-pod/commands.ts'
import { type Frame, FrameParser, type RunStatus } from '../../../src/executors/kubernetes/in-pod/frames.ts'
import { encodeRequest, type PodRunRequest } from '../../../src/executors/kubernetes/in-pod/request.ts'
import type { PodLike } from './pod-like.ts'

export const shellRequest = (shell: string, more: Partial<PodRunRequest> = {}): PodRunRequest => ({
  command: { shell },
  workdir: '.',
  env: {},
  timeoutMs: 60_000,
  graceMs: 1_000,
  outputCapBytes: 1024 * 1024,
  files: false,
  ...more,
})

export interface Seen {
  status: RunStatus | undefined
  startedAtMs: number | undefined
  stdout: Buffer
  stderr: Buffer
  recent: { stdout: Buffer; stderr: Buffer }
  tails: { stdout: Buffer; stderr: Buffer }
  names: string[]
  archive: Buffer
  complete: boolean
  exitCode: number
  errors: string
}

export interface FollowOptions {
  offsets?: { stdout: number; stderr: number }
  collected?: string[]
  select?: (names: readonly string[]) => readonly string[]
  /** Breaks the connection off as soon as it holds. */
  breakWhen?: (seen: Seen) => boolean
}

/** Asks for a run and follows it over one connection; fails where a piece of output is missing or doubled. */
export async function follow(pod: PodLike, name: string, request: PodRunRequest, options: FollowOptions = {}) {
  const { offsets = { stdout: 0, stderr: 0 }, collected = [], select = () => [] } = options
  const seen: Seen = {
    status: undefined,
    startedAtMs: undefined,
    ...{ stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) },
    recent: { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) },
    tails: { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) },
    ...{ names: [], archive: Buffer.alloc(0), complete: false, exitCode: -1, errors: '' },
  }
  const { stdout: stdoutOffset, stderr: stderrOffset } = offsets
  const command = pod.enter(attachCommand(pod.root, { name, stdoutOffset, stderrOffset, collected }))
  command.stdin.on('error', () => undefined)
  command.stderr.on('data', (bytes: Buffer) => {
    seen.errors += bytes.toString()
  })
  const take = (frame: Frame): void => {
    if (frame.type === 'started') seen.startedAtMs = frame.atMs
    else if (frame.type === 'status') seen.status = frame.status
    else if (frame.type === 'recent') seen.recent[frame.stream] = Buffer.from(frame.bytes)
    else if (frame.type === 'tail') seen.tails[frame.stream] = Buffer.from(frame.bytes)
    else if (frame.type === 'archive') seen.archive = Buffer.from(frame.bytes)
    else if (frame.type === 'end') seen.complete = true
    else if (frame.type === 'files') {
      seen.names = frame.names
      command.stdin.write(encodeSelection(select(frame.names)))
    } else {
      const expected = offsets[frame.stream] + seen[frame.stream].byteLength
      if (frame.offset !== expected) throw new Error(`${frame.stream} at ${frame.offset}, expected ${expected}`)
      seen[frame.stream] = Buffer.concat([seen[frame.stream], frame.bytes])
    }
  }
  const parser = new FrameParser()
  command.stdin.write(encodeRequest(request))
  for await (const bytes of command.stdout) {
    for (const frame of parser.push(bytes)) take(frame)
    if (options.breakWhen?.(seen) === true) break
  }
  command.kill('SIGKILL')
  command.stdin.destroy()
  seen.exitCode = command.exitCode ?? -1
  return seen
}

/** Over as many connections as it takes: one that comes while a run is being ended may go with its processes. */
export async function followToEnd(pod: PodLike, name: string, request: PodRunRequest): Promise<Seen> {
  for (;;) {
    const seen = await follow(pod, name, request)
    if (seen.complete) return seen
  }
}
