import type { WebSocket } from 'ws'
import { Turns } from '../../turns.ts'
import { serveConnection } from './connection.ts'
import { type Client, type FaceDeps, TIMES } from './face.ts'

export type { FaceDeps }

/**
 * Commit testing over WebSocket, in the two dialects of clients that exist. Returns what serves one connection; made
 * once per gateway, as connections share the turns of sessions.
 *
 * A client that goes away ends nothing: the suite of the request in hand goes on, those not begun are dropped. The
 * server that accepts the socket bounds its frames (`maxPayload`).
 */
export function backendIm(deps: FaceDeps): (socket: WebSocket, client: Client) => void {
  const face = { ...deps, times: { ...TIMES, ...deps.times }, turns: new Turns() }
  return (socket, client) => serveConnection(face, socket, client)
}
