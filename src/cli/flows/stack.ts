import type { Config } from '../../config.ts'
import type { Store } from '../../store/store.ts'
import type { SuiteControl } from '../../temporal/suites.ts'
import { type CliContext, note } from '../context.ts'
import type { StackLease } from '../services.ts'
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

/**
 * Holds a lease on the stack. With `resume` the stack is started where it is not up, and it is told which interrupted
 * suites go on with it; without, `temporal_unavailable` is thrown.
 */
export async function withStack<T>(
  context: CliContext,
  { resume }: { resume: boolean },
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  return await withStore(context, async (store, config) => {
    const resumed = await interruptedSuites(context, store, config)
    const onProgress = (line: string): void => note(context, safeLine(line))
    const lease = await context.services.acquireStack(config, { onProgress, resume })
    if (resumed.length > 0) note(context, `resuming: ${named(resumed)}`)
    try {
      return await withControl(context, { store, config, lease }, use)
    } finally {
      await lease.release()
    }
  })
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
