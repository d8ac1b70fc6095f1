import { OPERATIONS } from '../contract/http/operations.ts'
import { Failure } from './failure.ts'
import { piecesOf } from './read-stream.ts'
import { resuming } from './resuming.ts'
import type { Transport } from './transport.ts'

export interface LogOptions {
  /** Both, one after the other as far as they are written, where it is left out; these cannot be resumed. */
  stream?: 'stdout' | 'stderr' | undefined
  /** The newest by default. */
  try?: number | undefined
  /** In bytes of the stream, which then has to be named. */
  offset?: number | undefined
  /** Goes on until the run has its result. */
  follow?: boolean | undefined
  /** Ends the output early, without an error. */
  signal?: AbortSignal | undefined
}

const TRY_HEADER = 'commit-suite-try'

/**
 * What a run wrote, byte for byte, as it comes. A connection that breaks is made again at the byte where it broke; only
 * behind the line that stands for dropped output (beyond 10 MiB of a stream) is that not the exact byte. Throws `CommitSuiteError`: `run_not_found`, or `gateway_unavailable` where the gateway stays away.
 */
export async function* readLog(
  transport: Transport,
  run: string,
  { stream, try: asked, offset = 0, follow = false, signal }: LogOptions = {},
): AsyncGenerator<Uint8Array> {
  const { settings } = transport
  let at = offset
  let number = asked
  yield* resuming(settings, signal, async function* (patience) {
    const query = { stream, try: number, offset: at, follow: follow ? '1' : '0' }
    const response = await transport.tryToOpen(OPERATIONS.readLog, { params: { run }, query }, signal)
    patience.opened()
    // What comes after a break has to be of the same try.
    number ??= Number(response.headers.get(TRY_HEADER) ?? '1')
    try {
      for await (const piece of piecesOf(response, settings, signal)) {
        at += piece.byteLength
        patience.renew()
        yield piece
      }
    } catch (failure) {
      throw failure instanceof Failure && stream === undefined && at > offset ? failure.error : failure
    }
  })
}
