import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config } from '../../config.ts'
import { writeAtomically } from './write-atomically.ts'

const portsSchema = z.object({ grpc: z.number().int().positive(), ui: z.number().int().positive() })
export type Ports = z.infer<typeof portsSchema>

/** Binds once; resolves with the port, or undefined where it is taken. */
function tryBind(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}

async function freePort(wanted: number): Promise<number> {
  const port = (await tryBind(wanted)) ?? (await tryBind(0))
  if (port === undefined) throw new Error('no free TCP port on 127.0.0.1')
  return port
}

const portsFile = (config: Config): string => join(config.stateDir, 'temporal', 'ports.json')

/** The ports of last time where they are free, so that links into the Web UI stay valid; else others. */
export async function choosePorts(config: Config): Promise<Ports> {
  const text = await readFile(portsFile(config), 'utf8').catch(() => '{}')
  const remembered = portsSchema.safeParse(parse(text)).data
  const grpc = await freePort(remembered?.grpc ?? 0)
  let ui = await freePort(remembered?.ui ?? 0)
  while (ui === grpc) ui = await freePort(0)
  const ports = { grpc, ui }
  await writeAtomically(portsFile(config), JSON.stringify(ports))
  return ports
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
