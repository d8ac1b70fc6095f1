import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { CommitSuiteError, invalidInput } from '../contract/index.ts'
import type { Gateway } from './app.ts'

/** A gateway that takes requests. */
export interface ListeningGateway {
  /** `http://host:port`, with the port that was chosen. */
  url: string
  /** Says at /readyz for a while that it ends; then ends streams, lets requests in flight finish, closes. */
  close(): Promise<void>
}

/** How long streams may take to say goodbye. */
const GOODBYE_MS = 3_000
/** How long requests in flight may take after that. */
const LAST_ANSWERS_MS = 5_000

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`

export interface ListenOptions {
  host: string
  /** 0 picks a free one. */
  port: number
  /** How long it says that it ends before it refuses requests; 0 by default. */
  announceMs?: number
}

/** Listens. Throws `invalid_input` where the address cannot be had. */
export async function listen(
  { app, drain }: Gateway,
  { host, port, announceMs = 0 }: ListenOptions,
): Promise<ListeningGateway> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw refusedAddress(error, host, port)
  }
  const address = app.server.address()
  if (address === null || typeof address === 'string') {
    throw new CommitSuiteError('internal', 'The gateway does not listen on a port.')
  }
  return {
    url: urlOf(address),
    async close() {
      drain.announce()
      await delay(announceMs)
      drain.begin()
      await drain.finished(GOODBYE_MS)
      const impatient = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS)
      await app.close()
      clearTimeout(impatient)
    },
  }
}

function refusedAddress(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return invalidInput('--port', port, `is taken on ${host}`, 'Choose another one, or 0 for any that is free.')
  }
  if (code === 'EACCES') return invalidInput('--port', port, 'needs rights that this user does not have')
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return invalidInput('--host', host, 'is no address of this machine')
  }
  return error
}
