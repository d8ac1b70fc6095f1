import { readConfig } from '../../config.ts'
import {
  CommitSuiteError,
  isOpen,
  isolationIdOfWorkflow,
  type SearchStatus,
  searchIdOfWorkflow,
} from '../../contract/index.ts'
import { siblingModule } from '../../process/sibling-module.ts'
import { openStore } from '../../store/open.ts'
import { runSupervisor } from './run.ts'

const DEFAULT_LINGER_MS = 5_000

const config = readConfig()
const lingerMs = Number(process.env.COMMIT_SUITE_LINGER_MS ?? DEFAULT_LINGER_MS)
const { stateDir, artifacts, databaseUrl } = config
// Commands wait for this process to start, and later it asks again and again.
const patience = { openingMs: 20_000, workingMs: 5_000 }
const store = await openStore({ stateDir, artifacts, databaseUrl, patience })

/** Where the database is away, whatever was asked about is taken for open: the stack stays until it is back. */
async function openWhileAway(asked: Promise<boolean>): Promise<boolean> {
  try {
    return await asked
  } catch (error) {
    if (databaseUrl !== undefined && error instanceof CommitSuiteError && error.code === 'store_unavailable')
      return true
    throw error
  }
}

async function hasOpenSuites(): Promise<boolean> {
  const suites = await store.suites.list({ status: ['queued', 'running', 'paused'], partOf: 'any', limit: 1 })
  const open = { status: ['queued', 'running'], limit: 1 } satisfies { status: SearchStatus[]; limit: number }
  const wholes = await Promise.all([store.searches.list(open), store.isolations.list(open)])
  const others = await Promise.all([store.sweeps.countOpen(), store.notifications.countPending()])
  return suites.length > 0 || wholes.flat().length > 0 || others.some((count) => count > 0)
}

async function isOpenSuite(name: string): Promise<boolean> {
  const [search, isolation] = [searchIdOfWorkflow(name), isolationIdOfWorkflow(name)]
  const { suites, searches, isolations } = store
  const found =
    search !== name ? searches.get(search) : isolation !== name ? isolations.get(isolation) : suites.get(name)
  const stored = await found
  return stored !== undefined && isOpen(stored.status)
}

/** Main of the supervisor process. */
await runSupervisor({
  config,
  workerModule: siblingModule(import.meta.url, '../worker-main'),
  hasOpenSuites: () => openWhileAway(hasOpenSuites()),
  isOpenSuite: (name) => openWhileAway(isOpenSuite(name)),
  lingerMs: Number.isFinite(lingerMs) && lingerMs >= 0 ? lingerMs : DEFAULT_LINGER_MS,
})
await store.close()
process.exit(0)
