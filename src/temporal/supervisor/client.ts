import type { Socket } from 'node:net'
import type { Config } from '../../config.ts'
import { CommitSuiteError, ERRORS, type ErrorCode } from '../../contract/index.ts'
import { siblingModule } from '../../process/sibling-module.ts'
import { buildId } from './build-id.ts'
import { ask, connectToSupervisor } from './connection.ts'
import { stackTarget } from './external-server.ts'
import { networkRulesId } from './network-rules.ts'
import type { StackInfo } from './protocol.ts'
import { stackElsewhere } from './stack-elsewhere.ts'
import { startSupervisor } from './start-supervisor.ts'

export type { StackInfo } from './protocol.ts'

/** While it is held, the stack stays up. It ends with its process at the latest. */
export interface StackLease {
  temporalAddress: string
  temporalUi: string | null
  namespace: string
  /** Of the supervisor; our own where the stack is elsewhere. */
  pid: number
  release(): Promise<void>
}

export interface AcquireStack {
  onProgress?: (line: string) => void
  /** False: joins a running stack only, because starting one resumes interrupted suites. Default true. */
  resume?: boolean
  /** Values of secret variables for suites that this command starts or follows; handed over again after a restart. */
  secrets?: { suites: string[]; values: Record<string, string> }
  /** True for a gateway: a stack whose worker was started with other rules for the network gives way when it is idle. */
  network?: boolean
  /** Main of the supervisor process; ours unless given. */
  supervisorModule?: string
}

/** Each round a supervisor was found or started and then ended: replaced, unneeded or killed. */
const ROUNDS = 10

/**
 * Takes a lease on the stack of this state directory, starting it where needed; resolves when the server
 * answers and the worker polls. Throws `temporal_unavailable` (no server to be had; none runs and `resume`
 * is false) and `supervisor_failed`. A lease outlives its supervisor: when that is killed, another is started.
 */
export async function acquireStack(config: Config, options: AcquireStack = {}): Promise<StackLease> {
  const elsewhere = options.resume === false ? await stackElsewhere(config) : undefined
  if (elsewhere !== undefined) return elsewhere
  const { socket, stack } = await acquire(config, options)
  let held = socket
  let released = false
  const heal = (): void => {
    if (released) return
    acquire(config, options).then(
      (next) => {
        held = next.socket
        if (released) held.destroy()
        else guard(next.stack)
      },
      (error: unknown) => options.onProgress?.(`the stack was lost: ${error instanceof Error ? error.message : error}`),
    )
  }
  const guard = (now: StackInfo): void => {
    if (now.temporalAddress !== stack.temporalAddress) {
      options.onProgress?.(`Temporal has moved from ${stack.temporalAddress} to ${now.temporalAddress}`)
    }
    held.once('close', heal)
    // Holding a lease is no reason for a process to stay.
    held.unref()
  }
  guard(stack)
  const { temporalAddress, temporalUi, namespace, pid } = stack
  const release = async (): Promise<void> => {
    released = true
    held.destroy()
  }
  return { temporalAddress, temporalUi, namespace, pid, release }
}

async function acquire(config: Config, options: AcquireStack): Promise<{ socket: Socket; stack: StackInfo }> {
  const target = stackTarget(config)
  // One that is started now has the build on disk; were that to change meanwhile, replacing would never end.
  let build: string | null = buildId()
  const module = options.supervisorModule ?? siblingModule(import.meta.url, 'main')
  for (let round = 0; round < ROUNDS; round++) {
    const socket = await connectToSupervisor(config)
    if (socket === undefined) {
      if (options.resume === false) throw notRunning(config)
      await startSupervisor(config, module)
      build = null
      continue
    }
    const { secrets, network } = options
    const rules = network === true ? { networkRules: networkRulesId(config) } : {}
    const request = { type: 'lease', build, target, ...rules, ...(secrets && { secrets }) } as const
    const answer = await ask(socket, request, options.onProgress ?? (() => {}))
    if (answer.type === 'stack' && answer.stack !== null) return { socket, stack: answer.stack }
    socket.destroy()
    if (answer.type === 'failed') throw new CommitSuiteError(knownCode(answer.code), answer.message)
  }
  throw new CommitSuiteError(
    'supervisor_failed',
    `The supervisor ended ${ROUNDS} times in a row. See ${config.stateDir}/supervisor.log.`,
  )
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code)

const knownCode = (code: string): ErrorCode => (isErrorCode(code) ? code : 'supervisor_failed')

function notRunning(config: Config): CommitSuiteError {
  const remedy = 'Start it with `commit-suite watch`, `run` or `serve`, which also go on with interrupted suites.'
  return new CommitSuiteError('temporal_unavailable', `Nothing runs for ${config.stateDir}. ${remedy}`, { remedy })
}

/** How the stack of this state directory stands, without starting or holding it; undefined where none runs. */
export async function findStack(config: Config): Promise<StackInfo | undefined> {
  const socket = await connectToSupervisor(config)
  if (socket === undefined) return undefined
  const answer = await ask(socket, { type: 'find' }, () => {})
  socket.destroy()
  return answer.type === 'stack' ? (answer.stack ?? undefined) : undefined
}
