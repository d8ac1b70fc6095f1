import type { IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import type { ApiLink } from '../api-link.ts'
import { deepestCause } from '../away.ts'
import type { ExecTarget } from '../cluster.ts'
import { refusalFrom } from '../refusal.ts'
import { ExecFailed, execFault } from './exec-failed.ts'

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const LONGEST_REFUSAL = 64 * 1024
const LARGEST_FRAME = 16 * 1024 * 1024

/**
 * Opens the socket of a command. What comes in before somebody listens is not lost: the socket is paused.
 *
 * @throws ExecFailed, or the signal's reason
 */
export async function openSocket(
  link: ApiLink,
  target: ExecTarget,
  command: readonly string[],
  signal: AbortSignal,
): Promise<WebSocket> {
  const { url, options } = await link.socket(execPath(target, command), signal)
  signal.throwIfAborted()
  const socket = new WebSocket(url, PROTOCOLS, { ...options, perMessageDeflate: false, maxPayload: LARGEST_FRAME })
  return await new Promise<WebSocket>((resolve, reject) => {
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', abort)
      socket.off('open', open)
      end()
    }
    const abort = (): void => {
      settle(() => reject(signal.reason))
      socket.terminate()
    }
    const open = (): void => {
      socket.pause()
      settle(() => resolve(socket))
    }
    socket.once('open', open)
    // Stays for the life of the socket: an error that nobody hears would end the process. `close` follows it.
    socket.on('error', (error) => {
      const why = deepestCause(error).message
      settle(() => reject(new ExecFailed('lost', `The connection failed: ${why}`, undefined, { cause: error })))
    })
    socket.once('unexpected-response', (_request, response) => {
      void bodyOf(response).then((body) => {
        const { status, message } = refusalFrom(response.statusCode ?? 0, body)
        settle(() => reject(execFault(message, status)))
        socket.terminate()
      })
    })
    signal.addEventListener('abort', abort, { once: true })
  })
}

function execPath({ namespace, pod, container }: ExecTarget, command: readonly string[]): string {
  const query = new URLSearchParams({ container, stdin: 'true', stdout: 'true', stderr: 'true', tty: 'false' })
  for (const word of command) query.append('command', word)
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/exec?${query}`
}

/** What came of it, should it break off. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of response) {
      parts.push(part)
      length += part.length
      if (length > LONGEST_REFUSAL) break
    }
  } catch {
    // The status alone says enough.
  }
  return Buffer.concat(parts).toString('utf8')
}
