import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What stands before replicas of a gateway: hands connections on to one of them, byte for byte. */
export class Balancer {
  readonly url: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #port: number
  /** Connections that were made through it. */
  connections = 0

  private constructor(server: Server, port: number) {
    this.#server = server
    this.#port = port
    const address = server.address()
    this.url = `http://127.0.0.1:${isInet(address) ? address.port : 0}`
    server.on('connection', (socket) => this.#join(socket))
  }

  static async start(gatewayUrl: string): Promise<Balancer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Balancer(server, portOf(gatewayUrl))
  }

  /** Cuts every connection in the middle of whatever it carries; new ones go to another gateway. */
  switchTo(gatewayUrl: string): void {
    this.#port = portOf(gatewayUrl)
    for (const socket of this.#sockets) socket.destroy()
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #join(socket: Socket): void {
    this.connections++
    const upstream = connect(this.#port, '127.0.0.1')
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  }
}

const portOf = (url: string): number => Number(new URL(url).port)
const isInet = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null
