import type { IncomingMessage } from 'node:http'
import { type AuthDeps, isStillValid } from '../auth/authenticate.ts'
import type { Caller } from '../auth/caller.ts'
import type { Drain } from '../http/draining.ts'

/** How long a stream lasts: until its client leaves, its key is revoked, or the gateway drains. */
export interface StreamLife {
  signal: AbortSignal
  /** To be called once a beat: ends the stream of a key that is no longer valid. */
  check(): Promise<void>
  end(): void
}

export function streamLife(
  socket: IncomingMessage['socket'],
  caller: Caller,
  { drain, auth }: { drain: Drain; auth: AuthDeps },
): StreamLife {
  const over = new AbortController()
  const leave = drain.enter()
  const end = (): void => {
    socket.off('close', end)
    over.abort()
    leave()
  }
  socket.once('close', end)
  return {
    signal: AbortSignal.any([over.signal, drain.signal]),
    async check() {
      if (!(await isStillValid(caller, auth))) end()
    },
    end,
  }
}
