import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, readConfig } from '../../src/config.ts'
import { findServerBinary } from '../../src/temporal/server-binary.ts'
import { choosePorts } from '../../src/temporal/supervisor/ports.ts'
import { untilServerAnswers } from '../../src/temporal/supervisor/probe.ts'
import { spawnServer } from '../../src/temporal/supervisor/server-process.ts'

export interface TestServerOptions {
  /** Of its dynamic configuration, `name=value`. */
  settings?: readonly string[]
}

export interface TestServer {
  address: string
  config: Config
  stop(): Promise<void>
}

/** A real Temporal server of its own, with the options of the embedded one, on free ports. */
export async function startTestServer({ settings = [] }: TestServerOptions = {}): Promise<TestServer> {
  const stateDir = await mkdtemp(join(tmpdir(), 'commit-suite-server-'))
  const config = readConfig({ ...process.env, COMMIT_SUITE_HOME: stateDir, TEMPORAL_ADDRESS: '' })
  const found = await findServerBinary(config)
  const path = settings.length === 0 ? found.path : await withSettings(found.path, stateDir, settings)
  const ports = await choosePorts(config)
  const child = spawnServer(config, path, ports, undefined)
  const address = `127.0.0.1:${ports.grpc}`
  await untilServerAnswers(address, 'default', AbortSignal.timeout(30_000))
  return {
    address,
    config,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

/** A command that is the server with more settings. */
async function withSettings(binary: string, folder: string, settings: readonly string[]): Promise<string> {
  const path = join(folder, 'temporal-server')
  const options = settings.map((setting) => `--dynamic-config-value '${setting}'`).join(' ')
  await writeFile(path, `#!/bin/sh\nexec '${binary}' "$@" ${options}\n`, { mode: 0o755 })
  return path
}
