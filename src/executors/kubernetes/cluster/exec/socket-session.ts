import type WebSocket from 'ws'
import type { RawData } from 'ws'
import type { ExecEnd, ExecOptions, ExecSession } from '../cluster.ts'
import { ByteTail } from './byte-tail.ts'
import { ExecFailed } from './exec-failed.ts'
import { exitCodeOf } from './exec-status.ts'
import { SilenceWatch } from './silence-watch.ts'

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const
const STDERR_BYTES = 4 * 1024
const IDLE_MS = 60_000
/** The server reads a frame as a whole. */
const FRAME_BYTES = 64 * 1024
/** Written but not yet sent; beyond it a writer waits. */
const ROOM_BYTES = 1024 * 1024

/** One command over its socket: frames whose first byte names the channel, taken one after the other. */
export class SocketSession implements ExecSession {
  readonly ended: Promise<ExecEnd>
  private readonly socket: WebSocket
  private readonly options: ExecOptions
  private readonly silence: SilenceWatch
  private readonly stderr = new ByteTail(STDERR_BYTES)
  private readonly frames: Buffer[] = []
  private taking = false
  private closedBecause: ExecFailed | undefined
  private end: { failed: unknown } | 'done' | undefined
  private resolve: (end: ExecEnd) => void = () => undefined
  private reject: (error: unknown) => void = () => undefined
  private readonly onAbort = (): void => this.fail(this.options.signal.reason)

  constructor(socket: WebSocket, options: ExecOptions) {
    this.socket = socket
    this.options = options
    const idleMs = options.idleMs ?? IDLE_MS
    this.silence = new SilenceWatch(socket, idleMs, () => {
      this.fail(new ExecFailed('lost', `Nothing came from the other side for ${idleMs / 1000} s.`))
    })
    this.ended = new Promise<ExecEnd>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Whoever only writes hears of it there.
    this.ended.catch(() => undefined)
    this.listen()
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += FRAME_BYTES) await this.send(bytes.subarray(at, at + FRAME_BYTES))
  }

  private listen(): void {
    const { socket, options } = this
    socket.on('message', (data) => {
      this.frames.push(bufferOf(data))
      void this.takeAll()
    })
    socket.once('close', (code, reason) => {
      const why = reason.toString('utf8')
      this.closedBecause = new ExecFailed('lost', `The connection closed (${code}${why === '' ? '' : `: ${why}`}).`)
      void this.takeAll()
    })
    options.signal.addEventListener('abort', this.onAbort, { once: true })
    if (options.signal.aborted) this.onAbort()
    else socket.resume()
  }

  /** Reads no further while a frame is being taken; what had come in already stands in line. */
  private async takeAll(): Promise<void> {
    if (this.taking) return
    this.taking = true
    try {
      for (let frame = this.frames.shift(); frame !== undefined; frame = this.frames.shift()) {
        if (this.end !== undefined) return
        const pending = this.take(frame)
        if (pending === undefined) continue
        this.pause()
        await pending
      }
      this.resume()
    } catch (error) {
      this.fail(error)
    } finally {
      this.taking = false
    }
    if (this.closedBecause !== undefined) this.fail(this.closedBecause)
  }

  private take(frame: Buffer): void | Promise<void> {
    const bytes = frame.subarray(1)
    switch (frame[0]) {
      case CHANNEL.stdout:
        return bytes.length === 0 ? undefined : this.options.onStdout(bytes)
      case CHANNEL.stderr:
        return this.stderr.push(bytes)
      case CHANNEL.status:
        return this.finish(bytes.toString('utf8'))
    }
  }

  private pause(): void {
    this.silence.suspend()
    this.socket.pause()
  }

  private resume(): void {
    this.socket.resume()
    this.silence.resume()
  }

  private async send(bytes: Uint8Array): Promise<void> {
    const frame = Buffer.allocUnsafe(bytes.length + 1)
    frame[0] = CHANNEL.stdin
    frame.set(bytes, 1)
    await new Promise<void>((resolve, reject) => {
      if (this.end === 'done') return reject(new ExecFailed('gone', 'The command has ended.'))
      if (this.end !== undefined) return reject(this.end.failed)
      const sent = (error?: Error): void => {
        if (error === undefined || error === null) resolve()
        else reject(this.lost(error))
      }
      this.socket.send(frame, sent)
      if (this.socket.bufferedAmount < ROOM_BYTES) resolve()
    })
  }

  private lost(error: Error): unknown {
    if (typeof this.end === 'object') return this.end.failed
    return new ExecFailed('lost', `The connection broke: ${error.message}`, undefined, { cause: error })
  }

  private finish(status: string): void {
    const exitCode = exitCodeOf(status)
    if (!this.settle('done')) return
    this.resolve({ exitCode, stderr: this.stderr.toString() })
    this.socket.resume()
    this.socket.close()
  }

  private fail(error: unknown): void {
    if (!this.settle({ failed: error })) return
    this.reject(error)
    this.socket.terminate()
  }

  private settle(end: { failed: unknown } | 'done'): boolean {
    if (this.end !== undefined) return false
    this.end = end
    this.silence.stop()
    this.options.signal.removeEventListener('abort', this.onAbort)
    return true
  }
}

function bufferOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
