import type WebSocket from 'ws'

const PING_MS = 10_000

/** Notices a connection that died without a word: pings it, and reports when nothing at all came for too long. */
export class SilenceWatch {
  private readonly socket: WebSocket
  private readonly timer: NodeJS.Timeout
  private heardMs = performance.now()
  private suspended = false

  constructor(socket: WebSocket, idleMs: number, onSilent: () => void) {
    this.socket = socket
    const heard = (): void => {
      this.heardMs = performance.now()
    }
    for (const event of ['message', 'ping', 'pong'] as const) socket.on(event, heard)
    this.timer = setInterval(
      () => {
        // Nothing can be heard while we do not listen.
        if (this.suspended) return
        if (performance.now() - this.heardMs > idleMs) onSilent()
        else if (this.socket.readyState === this.socket.OPEN) this.socket.ping()
      },
      Math.min(PING_MS, idleMs / 4),
    )
  }

  suspend(): void {
    this.suspended = true
  }

  resume(): void {
    if (this.suspended) this.heardMs = performance.now()
    this.suspended = false
  }

  stop(): void {
    clearInterval(this.timer)
  }
}
