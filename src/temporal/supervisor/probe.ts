import { connect } from 'node:http2'
import { setTimeout as delay } from 'node:timers/promises'

/** A protobuf message whose field 1 is this string (shorter than 128 bytes), framed for gRPC. */
function frame(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const header = Buffer.alloc(5)
  header.writeUInt32BE(bytes.length + 2, 1)
  return Buffer.concat([header, Buffer.from([0x0a, bytes.length]), bytes])
}

const METHOD = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace'

/**
 * Whether a Temporal server answers for this namespace at `host:port`, without TLS. Written on bare HTTP/2:
 * the client library takes longer to load than the server to start. Accepting a connection would prove
 * nothing, the server binds its port once to see whether it is free.
 */
export function answersForNamespace(address: string, namespace: string, timeoutMs = 1_000): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`)
    const finish = (answer: boolean): void => {
      clearTimeout(timer)
      session.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => finish(false), timeoutMs)
    session.once('error', () => finish(false))
    session.once('close', () => finish(false))
    const stream = session.request({
      ':method': 'POST',
      ':path': METHOD,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    stream.once('error', () => finish(false))
    const judge = (headers: Record<string, unknown>): void => {
      if (headers['grpc-status'] !== undefined) finish(headers['grpc-status'] === '0')
    }
    stream.on('response', judge)
    stream.on('trailers', judge)
    stream.resume()
    stream.end(frame(namespace))
  })
}

const PROBE_EVERY_MS = 20

/** Resolves as soon as the server answers (no TLS), or silently when the signal aborts. */
export async function untilServerAnswers(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await answersForNamespace(address, namespace))) await delay(PROBE_EVERY_MS)
}
