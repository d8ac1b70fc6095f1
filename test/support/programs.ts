import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { findServerBinary } from '../../src/temporal/server-binary.ts'
import { choosePorts, type Ports } from '../../src/temporal/supervisor/ports.ts'
import { untilServerAnswers } from '../../src/temporal/supervisor/probe.ts'
import { spawnServer } from '../../src/temporal/supervisor/server-process.ts'
import type { Home } from './home.ts'

/** A process that is up: who it is, and its end. */
export interface Running {
  pid: number
  ended: Promise<unknown>
}

/** How long a program may take to work, on a machine that has much else to do. */
const PATIENCE_MS = 120_000

/** A Temporal server that has its database, and its address, each time it comes back. */
export async function temporalServer({
  config,
}: Home): Promise<{ address: string; ui: string; start(): Promise<Running> }> {
  const { path } = await findServerBinary(config)
  const ports: Ports = await choosePorts(config)
  const address = `127.0.0.1:${ports.grpc}`
  return {
    address,
    ui: `http://127.0.0.1:${ports.ui}`,
    async start() {
      const child = spawnServer(config, path, ports, undefined)
      await untilServerAnswers(address, 'default', AbortSignal.timeout(PATIENCE_MS))
      return { pid: child.pid ?? 0, ended: child.exitCode === null ? once(child, 'exit') : Promise.resolve() }
    },
  }
}

/** `commit-suite worker`, which says on stderr that it works. */
export async function startWorker(home: Home): Promise<Running> {
  const child = home.start('worker')
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  createInterface({ input: child.stderr }).on('line', (line) => line.startsWith('ready:') && resolve())
  const ended = child.then(({ stderr }) => reject(new Error(`a worker ended: ${stderr.slice(-2_000)}`)))
  await ready
  return { pid: child.pid ?? 0, ended }
}

/** `commit-suite gateway`, on the port that its clients know. */
export async function startGateway(home: Home, port: number): Promise<Running> {
  const child = home.start('gateway', '--port', String(port), '--json')
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).once('line', () => resolve())
  const ended = child.then(({ stderr }) => reject(new Error(`a gateway ended: ${stderr.slice(-2_000)}`)))
  await ready
  return { pid: child.pid ?? 0, ended }
}
