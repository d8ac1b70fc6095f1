import { readConfig } from '../../config.ts'
import { isOpen } from '../../contract/index.ts'
import { siblingModule } from '../../process/sibling-module.ts'
import { openStore } from '../../store/open.ts'
import { runSupervisor } from './run.ts'

const DEFAULT_LINGER_MS = 5_000

const config = readConfig()
const lingerMs = Number(process.env.COMMIT_SUITE_LINGER_MS ?? DEFAULT_LINGER_MS)
const store = await openStore({ stateDir: config.stateDir, artifactsDir: config.artifactsDir })

/** Main of the supervisor process. */
await runSupervisor({
  config,
  workerModule: siblingModule(import.meta.url, '../worker-main'),
  hasOpenSuites: async () =>
    (await store.suites.list({ status: ['queued', 'running', 'paused'], limit: 1 })).length > 0,
  async isOpenSuite(suite) {
    const stored = await store.suites.get(suite)
    return stored !== undefined && isOpen(stored.status)
  },
  lingerMs: Number.isFinite(lingerMs) && lingerMs >= 0 ? lingerMs : DEFAULT_LINGER_MS,
})
await store.close()
process.exit(0)
