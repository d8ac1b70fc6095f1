import { invalidInput } from '../../contract/index.ts'
import { drainTime, type FleetConfig, WORKER_ROLES } from '../../worker-config.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { withLease, withOwn } from '../local/stack.ts'
import { requireOwnMachine } from '../site/gateway.ts'

const HOUR_MS = 3_600_000
/** Whoever asks a gateway hears within this time that its result database is away. */
const ANSWER_WITHIN_MS = 5_000

/** Resolves at the first SIGTERM or Ctrl-C; another one ends the process at once. */
function untilStopped(context: CliContext): { stopped: Promise<void>; signal: AbortSignal; off(): void } {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const onSignal = (): void => {
    if (controller.signal.aborted) context.forceExit(EXIT.interrupted)
    controller.abort()
    resolve()
  }
  // Neither a signal handler nor a lease keeps a process up.
  const keepUp = setInterval(() => undefined, HOUR_MS)
  const offs = (['SIGINT', 'SIGTERM'] as const).map((signal) => context.onSignal(signal, onSignal))
  const off = (): void => {
    clearInterval(keepUp)
    for (const remove of offs) remove()
  }
  return { stopped: promise, signal: controller.signal, off }
}

export interface ServeFlags {
  host: string
  port: string
  json: boolean
  /** Whether Temporal and a worker are started where none run. */
  resume: boolean
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw invalidInput('--port', text, 'must be a whole number from 0 to 65,535')
}

/** Serves in the foreground until SIGTERM, holding Temporal and the worker up; then drains. */
export async function serve(context: CliContext, { host, port, json, resume }: ServeFlags): Promise<ExitCode> {
  requireOwnMachine(context, resume ? 'serve' : 'gateway')
  const number = parsePort(port)
  const { stopped, signal, off } = untilStopped(context)
  try {
    return await withOwn(
      context,
      (own) =>
        withLease(context, own, { resume, signal, network: true }, async (lease) => {
          const { config, store } = own
          const gateway = await context.services.startGateway({ config, store, stack: lease, host, port: number })
          try {
            const { temporalAddress: temporal, temporalUi } = lease
            if (json) print(context, JSON.stringify({ url: gateway.url, temporal, temporalUi, pid: process.pid }))
            else
              print(
                context,
                `ready: ${gateway.url} (Temporal ${temporal}${temporalUi === null ? '' : `, Web UI ${temporalUi}`})`,
              )
            await stopped
            note(context, 'stopping')
          } finally {
            await gateway.close()
          }
          return EXIT.passing
        }),
      { workingMs: ANSWER_WITHIN_MS },
    )
  } catch (error) {
    if (signal.aborted && error === signal.reason) return EXIT.passing
    throw error
  } finally {
    off()
  }
}

export interface WorkFlags {
  role?: string | undefined
  drain?: string | undefined
}

/** Works in the foreground until SIGTERM, then drains. */
export async function work(context: CliContext, flags: WorkFlags): Promise<ExitCode> {
  requireOwnMachine(context, 'worker')
  const read = context.services.config()
  const config = { ...read, fleet: withFlags(read.fleet, flags) }
  const { signal, off } = untilStopped(context)
  try {
    const onReady = (address: string, version?: string): void => {
      const { role, deployment } = config.fleet
      const as = deployment === undefined ? '' : `, version ${version} of ${deployment.name}`
      note(context, `ready: working for Temporal at ${address} (role ${role}${as})`)
    }
    await context.services.runWorker(config, { signal, onReady })
    return EXIT.passing
  } finally {
    off()
  }
}

function withFlags(fleet: FleetConfig, { role, drain }: WorkFlags): FleetConfig {
  const known = WORKER_ROLES.find((name) => name === role)
  if (role !== undefined && known === undefined) {
    throw invalidInput('--role', role, `must be one of ${WORKER_ROLES.join(', ')}`)
  }
  return {
    ...fleet,
    ...(known === undefined ? {} : { role: known }),
    ...(drain === undefined ? {} : { drainMs: drainTime('--drain', drain, 'invalid_input') }),
  }
}
