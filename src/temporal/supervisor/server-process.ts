import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { SEARCH_ATTRIBUTES } from '../search-attributes.ts'
import { withLog } from './log-file.ts'
import type { Ports } from './ports.ts'

/** Fair dispatch between repositories and priorities; both keys are off by default in server 1.29. */
const DYNAMIC_CONFIG = ['matching.useNewMatcher=true', 'matching.enableFairness=true']

const repeated = (option: string, values: string[]): string[] => values.flatMap((value) => [option, value])

export const serverLog = (config: Config): string => join(config.stateDir, 'temporal', 'server.log')

function serverArguments(config: Config, ports: Ports): string[] {
  return [
    'server',
    'start-dev',
    ...['--ip', '127.0.0.1', '--port', String(ports.grpc), '--ui-port', String(ports.ui)],
    ...['--db-filename', join(config.stateDir, 'temporal', 'temporal.db')],
    ...repeated('--sqlite-pragma', ['journal_mode=wal', 'synchronous=normal']),
    ...repeated('--namespace', config.temporalNamespace === 'default' ? [] : [config.temporalNamespace]),
    ...repeated(
      '--search-attribute',
      SEARCH_ATTRIBUTES.map((name) => `${name}=Keyword`),
    ),
    ...repeated('--dynamic-config-value', DYNAMIC_CONFIG),
    ...['--log-level', 'warn'],
  ]
}

/** The CLI reads flags from `TEMPORAL_*` too; those of the user mean another server. */
export function withoutTemporalVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')))
}

/**
 * Starts the embedded server. With `setpriv` (Linux) it ends with the supervisor even when that is killed;
 * elsewhere the next supervisor ends it.
 */
export function spawnServer(config: Config, binary: string, ports: Ports, setpriv: string | undefined): ChildProcess {
  const command = [binary, ...serverArguments(config, ports)]
  const [file, ...args] = setpriv === undefined ? command : [setpriv, '--pdeathsig', 'KILL', '--', ...command]
  if (file === undefined) throw new Error('an empty command')
  mkdirSync(join(config.stateDir, 'temporal'), { recursive: true })
  return withLog(serverLog(config), (log) =>
    spawn(file, args, { stdio: ['ignore', log, log], env: withoutTemporalVariables(process.env) }),
  )
}
