import type { Config } from '../../config.ts'
import type { Patience } from '../../store/postgres/database.ts'
import type { Store } from '../../store/store.ts'
import { untilIsolationOnRecord, untilOnRecord, untilSearchOnRecord } from '../../temporal/until-on-record.ts'
import { type CliContext, note } from '../context.ts'
import { ownSecrets, requireSecrets, secretsOf } from '../own-secrets.ts'
import type { StackLease, SuiteSecrets } from '../services.ts'
import type { NeededSecrets, Stack, StackOptions } from '../site/site.ts'
import { namedSuites } from '../site/tell-interrupted.ts'
import { safeLine } from '../terminal-safe.ts'
import { ownSweeps } from './sweeps.ts'

/** The record of what happened on this machine. */
export interface Own {
  store: Store
  config: Config
}

/** Opens it, and closes it afterwards whatever comes. */
export async function withOwn<T>(
  context: CliContext,
  use: (own: Own) => Promise<T>,
  patience: Partial<Patience> = {},
): Promise<T> {
  const config = context.services.config()
  const store = await context.services.openStore(config, patience)
  try {
    return await use({ store, config })
  } finally {
    await store.close()
  }
}

const LISTED = 6

/** Suites, searches and isolations that nothing works on at the moment and that go on as soon as the stack is up. */
export async function interruptedSuites({ services }: CliContext, { store, config }: Own): Promise<string[]> {
  // Workers of other machines may work on them.
  if (config.databaseUrl !== undefined && !(await services.isEmbedded(config))) return []
  const query = { status: ['queued' as const, 'running' as const], limit: LISTED }
  const { suites, searches, isolations } = store
  const open = (await Promise.all([suites.list(query), searches.list(query), isolations.list(query)])).flat()
  if (open.length === 0) return []
  const stack = await services.findStack(config)
  return stack === undefined ? open.map(({ id }) => id) : []
}

/** Holds a lease on the stack; where that was started, tells which interrupted suites go on with it. */
export async function withLease<T>(
  context: CliContext,
  own: Own,
  options: StackOptions,
  use: (lease: StackLease) => Promise<T>,
): Promise<T> {
  const secrets = valuesOf(options.secrets, context.env)
  const resumed = await interruptedSuites(context, own)
  const lease = await acquire(context, own.config, options, secrets)
  if (resumed.length > 0) note(context, `resuming: ${namedSuites(resumed)}`)
  try {
    return await use(lease)
  } finally {
    await lease.release()
  }
}

function valuesOf(needed: NeededSecrets | undefined, env: NodeJS.ProcessEnv): SuiteSecrets | undefined {
  if (needed === undefined) return undefined
  const { suites, names, required } = needed
  return secretsOf(suites, (required ? requireSecrets : ownSecrets)(names, env))
}

/** A lease that comes after the signal is given back at once. */
async function acquire(
  context: CliContext,
  config: Config,
  { resume, signal, network = false }: StackOptions,
  secrets: SuiteSecrets | undefined,
): Promise<StackLease> {
  signal?.throwIfAborted()
  const onProgress = (line: string): void => note(context, safeLine(line))
  const asked = context.services.acquireStack(config, { onProgress, resume, network, ...(secrets && { secrets }) })
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

/** A lease, and the suites that its Temporal works on. */
export async function withOwnStack<T>(
  context: CliContext,
  own: Own,
  options: StackOptions,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  return await withLease(context, own, options, async (lease) => {
    const control = await context.services.connectSuites(lease, own.store)
    try {
      return await use({
        temporal: lease,
        slots: own.config.slots,
        control: {
          ...control,
          replay: async (_run, request) => (await control.start(request)).suite,
          untilOnRecord: (suite) => untilOnRecord(own.store, control, suite),
          searches: {
            ...control.searches,
            untilOnRecord: (search) => untilSearchOnRecord(own.store, control, search),
          },
          sweeps: ownSweeps(own.store, control.sweeps),
          isolations: {
            ...control.isolations,
            untilOnRecord: (isolation) => untilIsolationOnRecord(own.store, control, isolation),
          },
        },
      })
    } finally {
      await control.close()
    }
  })
}
