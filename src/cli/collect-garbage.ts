import { pino } from 'pino'
import type { Config } from '../config.ts'
import { createLocalExecutor } from '../executors/local/executor.ts'
import { collectMirrors } from '../git/collect-mirrors.ts'
import { openStore } from '../store/open.ts'
import type { Garbage } from './services.ts'

const MOST_OPEN_SUITES = 10_000

/** Removes trees, workspaces and mirrors of this host that were not used for `olderThanMs`. */
export async function collectGarbage(
  config: Config,
  { olderThanMs, dryRun }: { olderThanMs: number; dryRun: boolean },
): Promise<Garbage[]> {
  const { stateDir, logLevel } = config
  const log = pino({ level: logLevel === 'info' ? 'warn' : logLevel }, pino.destination({ fd: 2, sync: true }))
  const neededCommits = await commitsOfOpenSuites(config)
  const executor = createLocalExecutor({ stateDir, log })
  try {
    const environments = await executor.collectGarbage(olderThanMs, { dryRun })
    return [...environments, ...(await collectMirrors({ stateDir, olderThanMs, neededCommits, dryRun, log }))]
  } finally {
    await executor.close()
  }
}

/** One commit of every suite that is to go on: its mirror may hold what the repository has dropped since. */
async function commitsOfOpenSuites({ stateDir, artifactsDir }: Config): Promise<string[]> {
  const store = await openStore({ stateDir, artifactsDir })
  try {
    const open = await store.suites.list({ status: ['queued', 'running', 'paused'], limit: MOST_OPEN_SUITES })
    const commits = await Promise.all(open.map(({ id }) => store.suites.commits(id, 0, 1)))
    return commits.flat().map(({ sha }) => sha)
  } finally {
    await store.close()
  }
}
