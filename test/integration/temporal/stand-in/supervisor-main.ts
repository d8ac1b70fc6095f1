import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../../../src/config.ts'
import { siblingModule } from '../../../../src/process/sibling-module.ts'
import { runSupervisor } from '../../../../src/temporal/supervisor/run.ts'

/** The real supervisor with a stand-in worker; a suite counts as open while the file `open-suite` exists. */
const config = readConfig()
await runSupervisor({
  config,
  workerModule: process.env.STAND_IN_WORKER ?? siblingModule(import.meta.url, 'worker'),
  hasOpenSuites: async () => existsSync(join(config.stateDir, 'open-suite')),
  isOpenSuite: async () => existsSync(join(config.stateDir, 'open-suite')),
  lingerMs: Number(process.env.COMMIT_SUITE_LINGER_MS ?? 200),
})
process.exit(0)
