import type { ArtifactPlace } from './artifact-place.ts'
import { browserSessionStore } from './browser-sessions.ts'
import { eventStore } from './events.ts'
import { historyStore } from './history/history-store.ts'
import { idempotencyStore } from './idempotency.ts'
import { isolationStore } from './isolations/isolations.ts'
import { keyStore } from './keys.ts'
import { logStore } from './logs.ts'
import { notificationStore } from './notifications/notifications.ts'
import { openArtifacts } from './open-artifacts.ts'
import type { Patience } from './postgres/database.ts'
import { resultStore } from './results.ts'
import { retentionStore } from './retention/retention.ts'
import { rulesStore } from './rules/rules-store.ts'
import { searchStore } from './searches/searches.ts'
import { openForReading, openForWriting } from './sqlite/database.ts'
import type { Store } from './store.ts'
import { streamCursors } from './stream-cursors.ts'
import { suiteStore } from './suites.ts'
import { sweepStore } from './sweeps/sweeps.ts'
import { testStore } from './tests/read-tests.ts'
import type { Database } from './write.ts'

export interface StoreOptions {
  /** Holds `results.db`; made where it is missing. */
  stateDir: string
  artifacts: ArtifactPlace
  /** Reads only; where there is no database yet, everything is empty. */
  readOnly?: boolean
  /** A PostgreSQL database to use instead of `results.db`. */
  databaseUrl?: string | undefined
  /** For how long what is away is waited for: the database when it is opened; it and a bucket whenever they are used. */
  patience?: Partial<Patience>
}

const PATIENCE: Patience = { openingMs: 3_000, workingMs: 60_000 }

/**
 * Opens the store of a state directory, which any number of processes may have open at once; on PostgreSQL it is the
 * store of all state directories that name the same database. Throws `store_unavailable` where the database cannot be
 * used or belongs to a newer version.
 */
export async function openStore({ artifacts: place, ...options }: StoreOptions): Promise<Store> {
  const db = await openDatabase(options)
  const artifacts = await openArtifacts(place, options.patience?.workingMs ?? PATIENCE.workingMs)
  return {
    suites: suiteStore(db, artifacts),
    searches: searchStore(db, testStore(db)),
    isolations: isolationStore(db),
    sweeps: sweepStore(db),
    notifications: notificationStore(db),
    results: resultStore(db),
    tests: testStore(db),
    rules: rulesStore(db),
    history: historyStore(db),
    retention: retentionStore(db, artifacts),
    events: eventStore(db),
    logs: logStore(db, artifacts),
    artifacts,
    keys: keyStore(db),
    browserSessions: browserSessionStore(db),
    idempotency: idempotencyStore(db),
    streamCursors: streamCursors(db),
    async close() {
      artifacts.close()
      await db.destroy()
    },
  }
}

async function openDatabase({
  stateDir,
  databaseUrl,
  readOnly = false,
  patience,
}: Omit<StoreOptions, 'artifacts'>): Promise<Database> {
  if (databaseUrl === undefined) return readOnly ? await openForReading(stateDir) : await openForWriting(stateDir)
  // Its client is loaded by those only who use it.
  const { openPostgres } = await import('./postgres/database.ts')
  return await openPostgres({ url: databaseUrl, readOnly, patience: { ...PATIENCE, ...patience } })
}
