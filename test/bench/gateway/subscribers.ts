import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** How a stream of events is asked for, and how events are counted in what comes. */
export type Kind = 'sse' | 'websocket'

/**
 * Subscribers that do nothing but count: a client library would take more of the machine than the server that is
 * measured.
 */
export class Subscribers {
  readonly #sockets: Socket[] = []
  readonly #counts: number[] = []
  #received = 0
  #wanted = Number.POSITIVE_INFINITY
  #done = Promise.withResolvers<void>()

  /** Opens `count` streams; resolves when every one of them is accepted. */
  async open(kind: Kind, url: string, path: string, count: number): Promise<void> {
    const { hostname, port } = new URL(url)
    for (let opened = 0; opened < count; opened += 50) {
      const some = Array.from({ length: Math.min(50, count - opened) }, () =>
        this.#one(kind, hostname, Number(port), path),
      )
      await Promise.all(some)
    }
  }

  /** Resolves when every stream has got so many events in all. */
  async received(eventsEach: number): Promise<void> {
    this.#wanted = eventsEach * this.#sockets.length
    if (this.#received < this.#wanted) await this.#done.promise
    const wrong = this.#counts.find((count) => count !== eventsEach)
    if (wrong !== undefined) throw new Error(`a subscriber got ${wrong} events instead of ${eventsEach}`)
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async #one(kind: Kind, host: string, port: number, path: string): Promise<void> {
    const socket = connect(port, host)
    const index = this.#sockets.push(socket) - 1
    this.#counts[index] = 0
    const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}:${port}`]
    if (kind === 'websocket') {
      const key = randomBytes(16).toString('base64')
      lines.push('Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${key}`)
    }
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    const count = kind === 'websocket' ? frameCounter() : sseCounter()
    let head = Buffer.alloc(0)
    const accepted = Promise.withResolvers<void>()
    let inBody = false
    socket.on('data', (piece: Buffer) => {
      if (inBody) return this.#count(index, count(piece))
      head = Buffer.concat([head, piece])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      if (!/^HTTP\/1\.1 (200|101) /.test(head.toString('latin1'))) return accepted.reject(new Error(head.toString()))
      inBody = true
      accepted.resolve()
      this.#count(index, count(head.subarray(end + 4)))
    })
    await Promise.race([accepted.promise, once(socket, 'error').then(([error]) => Promise.reject(error))])
  }

  #count(index: number, events: number): void {
    this.#counts[index] = (this.#counts[index] ?? 0) + events
    this.#received += events
    if (this.#received >= this.#wanted) this.#done.resolve()
  }
}

const DATA = Buffer.from('\ndata: ')

/** Counts events by their data lines; one that is cut in two by the network is found in the next piece. */
function sseCounter(): (piece: Buffer) => number {
  let rest = Buffer.alloc(0)
  return (piece) => {
    const text = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    let events = 0
    let at = text.indexOf(DATA)
    let end = 0
    for (; at >= 0; at = text.indexOf(DATA, end)) {
      events++
      end = at + DATA.length
    }
    rest = Buffer.from(text.subarray(Math.max(end, text.length - DATA.length + 1)))
    return events
  }
}

const TEXT_FRAME = 0x81

/** Counts whole text frames of a server, which are not masked (RFC 6455, 5.2). */
function frameCounter(): (piece: Buffer) => number {
  let rest = Buffer.alloc(0)
  return (piece) => {
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    let events = 0
    let at = 0
    while (bytes.length - at >= 2) {
      const short = bytes.readUInt8(at + 1)
      const header = short < 126 ? 2 : short === 126 ? 4 : 10
      if (bytes.length - at < header) break
      const size =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (bytes.length - at < header + size) break
      if (bytes.readUInt8(at) === TEXT_FRAME) events++
      at += header + size
    }
    rest = Buffer.from(bytes.subarray(at))
    return events
  }
}
