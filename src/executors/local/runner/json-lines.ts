import type { Socket } from 'node:net'

/** A longer line is no message of ours. */
const LONGEST_LINE = 16 * 1024 * 1024

/** Calls `onMessage` with each newline-delimited JSON document; ends the connection on anything else. */
export function readJsonLines(socket: Socket, onMessage: (message: unknown) => void): void {
  let pending = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    if (pending.length > LONGEST_LINE) return void socket.destroy()
    for (const line of lines) {
      let message: unknown
      try {
        message = JSON.parse(line)
      } catch {
        return void socket.destroy()
      }
      onMessage(message)
    }
  })
}

export function writeJsonLine(socket: Socket, message: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
}
