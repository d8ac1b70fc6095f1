import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, isIP, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'

/** Stands between the client and the real API server, on loopback, and breaks connections in the ways networks do. */
export class TcpProxy {
  /** Leads through the proxy to the cluster of the environment. */
  readonly kubeconfig: string
  private readonly directory: string
  private readonly server: Server
  private readonly pairs = new Set<[Socket, Socket]>()

  private constructor(directory: string, server: Server) {
    this.directory = directory
    this.kubeconfig = join(directory, 'kubeconfig')
    this.server = server
  }

  static async start(): Promise<TcpProxy> {
    const config = new KubeConfig()
    config.loadFromDefault()
    const cluster = config.getCurrentCluster()
    const target = new URL(cluster?.server ?? '')
    const server = createServer()
    const proxy = new TcpProxy(await mkdtemp(join(tmpdir(), 'cs-proxy-')), server)
    server.on('connection', (near) => proxy.join(near, connect(Number(target.port || 443), target.hostname)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const near = `https://127.0.0.1:${port}`
    const through = { ...cluster, server: near, ...(isIP(target.hostname) ? {} : { tlsServerName: target.hostname }) }
    config.loadFromOptions({ ...config, clusters: [through] })
    await writeFile(proxy.kubeconfig, config.exportConfig(), { mode: 0o600 })
    return proxy
  }

  /** Connections of now go silent without a close, as behind a firewall that forgot them; new ones work. */
  freeze(): void {
    for (const [near, far] of this.pairs) {
      near.unpipe(far)
      far.unpipe(near)
      near.pause()
      far.pause()
    }
  }

  /** Connections of now are reset; new ones work. */
  cut(): void {
    for (const [near, far] of this.pairs) {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve))
    this.cut()
    await closed
    await rm(this.directory, { recursive: true })
  }

  private join(near: Socket, far: Socket): void {
    const pair: [Socket, Socket] = [near, far]
    this.pairs.add(pair)
    for (const [socket, other] of [pair, [far, near] as const]) {
      socket.pipe(other)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.pairs.delete(pair)
        other.destroy()
      })
    }
  }
}
