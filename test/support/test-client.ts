import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { until } from './until.ts'

/** A client as those that exist: it sends JSON and takes messages as they come. */
export class TestClient {
  readonly socket: WebSocket
  readonly received: unknown[] = []
  closeCode: number | undefined

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.received.push(JSON.parse(String(data))))
    socket.on('close', (code) => {
      this.closeCode = code
    })
    socket.on('error', () => undefined)
  }

  static async connect(url: string): Promise<TestClient> {
    // The default of clients that exist.
    const client = new TestClient(new WebSocket(url, { maxPayload: 1024 * 1024 }))
    await once(client.socket, 'open')
    onTestFinished(() => client.socket.terminate())
    return client
  }

  send(...messages: unknown[]): void {
    for (const message of messages) {
      this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
    }
  }

  /** Waits until the other side has read all that was sent: it answers a ping in its turn. */
  async untilRead(): Promise<void> {
    const read = once(this.socket, 'pong')
    this.socket.ping()
    await read
  }

  async take(count: number): Promise<unknown[]> {
    await until(`${count} messages`, () => this.received.length >= count || this.closeCode !== undefined)
    return this.received
  }

  async closed(): Promise<number | undefined> {
    await until('the connection is closed', () => this.closeCode !== undefined)
    return this.closeCode
  }
}
