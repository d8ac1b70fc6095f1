import { connect, createServer, type Server, type Socket } from 'node:net'

/** A port of this machine's address on the cluster's bridge that leads to one of loopback, where servers of tests listen. */
export class BridgePort {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(host: string, port: number, to: number): Promise<BridgePort> {
    const server = createServer()
    const opened = new BridgePort(server)
    server.on('connection', (near) => {
      const far = connect(to, '127.0.0.1')
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        opened.#sockets.add(socket)
        socket.pipe(other)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          opened.#sockets.delete(socket)
          other.destroy()
        })
      }
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    return opened
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
