import type { Config } from '../../config.ts'
import type { Store } from '../../store/store.ts'
import type { SuiteControl } from '../../temporal/suites.ts'
import { type CliContext, note } from '../context.ts'
import type { StackLease, SuiteSecrets } from '../services.ts'
import { safeLine } from '../terminal-safe.ts'

/** Opens the record of what happened, and closes it afterwards whatever comes. */
export async function withStore<T>(context: CliContext, use: (store: Store, config: Config) => Promise<T>): Promise<T> {
  const config = context.services.config()
  const store = await context.services.openStore(config)
  try {
    return await use(store, config)
  } finally {
    await store.close()
  }
}

export interface Stack {
  store: Store
  config: Config
  lease: StackLease
  control: SuiteControl
}

const LISTED = 5

/** Suites that nothing works on at the moment and that go on as soon as the stack is up. */
async function interruptedSuites(context: CliContext, store: Store, config: Config): Promise<string[]> {
  const open = await store.suites.list({ status: ['queued', 'running'], limit: LISTED + 1 })
  if (open.length === 0) return []
  const stack = await context.services.findStack(config)
  return stack === undefined ? open.map(({ id }) => id) : []
}

const named = (ids: string[]): string => ids.slice(0, LISTED).join(', ') + (ids.length > LISTED ? ' and more' : '')

/** Says what an earlier crash interrupted, for commands that do not start the stack. */
export async function tellInterrupted(context: CliContext, store: Store, config: Config): Promise<void> {
  const ids = await interruptedSuites(context, store, config)
  if (ids.length > 0) note(context, `interrupted: ${named(ids)}; commit-suite watch, run or serve resumes`)
}

export interface StackOptions {
  /** Whether the stack may be started, with which interrupted suites go on; else `temporal_unavailable` is thrown. */
  resume: boolean
  secrets?: SuiteSecrets | undefined
  /** Stops the waiting for the stack; what is thrown is its reason. */
  signal?: AbortSignal
}

/** Holds a lease on the stack; where that was started, tells which interrupted suites go on with it. */
export async function withStack<T>(
  context: CliContext,
  options: StackOptions,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  return await withStore(context, (store, config) => withStackOf(context, { store, config }, options, use))
}

/** The same for a command that has opened the store already. */
export async function withStackOf<T>(
  context: CliContext,
  { store, config }: Pick<Stack, 'store' | 'config'>,
  options: StackOptions,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const resumed = await interruptedSuites(context, store, config)
  const lease = await acquire(context, config, options)
  if (resumed.length > 0) note(context, `resuming: ${named(resumed)}`)
  try {
    return await withControl(context, { store, config, lease }, use)
  } finally {
    await lease.release()
  }
}

/** A lease that comes after the signal is given back at once. */
async function acquire(
  context: CliContext,
  config: Config,
  { resume, secrets, signal }: StackOptions,
): Promise<StackLease> {
  signal?.throwIfAborted()
  const onProgress = (line: string): void => note(context, safeLine(line))
  const asked = context.services.acquireStack(config, { onProgress, resume, ...(secrets && { secrets }) })
  if (signal === undefined) return await asked
  const stopped = Promise.withResolvers<never>()
  const stop = (): void => {
    asked.then((lease) => lease.release()).catch(() => undefined)
    stopped.reject(signal.reason)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([asked, stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function withControl<T>(
  context: CliContext,
  stack: Omit<Stack, 'control'>,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const control = await context.services.connectSuites(stack.lease, stack.store)
  try {
    return await use({ ...stack, control })
  } finally {
    await control.close()
  }
}
