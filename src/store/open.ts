import { fileArtifactStore } from './artifacts.ts'
import { eventStore } from './events.ts'
import { logStore } from './logs.ts'
import { resultStore } from './results.ts'
import { openForReading, openForWriting } from './sqlite/database.ts'
import type { Store } from './store.ts'
import { suiteStore } from './suites.ts'

export interface StoreOptions {
  /** Holds `results.db`; made where it is missing. */
  stateDir: string
  artifactsDir: string
  /** Reads only; where there is no database yet, everything is empty. */
  readOnly?: boolean
}

/**
 * Opens the store of a state directory, which any number of processes may have open at once. Throws
 * `store_unavailable` where the database cannot be used or belongs to a newer version.
 */
export async function openStore({ stateDir, artifactsDir, readOnly = false }: StoreOptions): Promise<Store> {
  const db = readOnly ? await openForReading(stateDir) : await openForWriting(stateDir)
  const artifacts = fileArtifactStore(artifactsDir)
  return {
    suites: suiteStore(db, artifacts),
    results: resultStore(db),
    events: eventStore(db),
    logs: logStore(db, artifactsDir, artifacts),
    artifacts,
    close: () => db.destroy(),
  }
}
