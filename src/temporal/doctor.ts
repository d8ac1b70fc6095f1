import type { Config } from '../config.ts'
import { checkArtifacts } from './doctor/artifacts.ts'
import { type Check, failed } from './doctor/check.ts'
import { checkCluster } from './doctor/cluster.ts'
import { checkDatabase } from './doctor/database.ts'
import { checkControlGroups, checkNamespaces, checkSandbox } from './doctor/isolation.ts'
import { checkNotifyFile } from './doctor/notify.ts'
import { checkPayloadKeys } from './doctor/payload-keys.ts'
import { checkSocketPath, checkStateDir } from './doctor/places.ts'
import { checkBash, checkGit, checkIsolationPrograms, checkLanguage, checkNode } from './doctor/programs.ts'
import { checkExternalServer, checkRunningStack, checkServerBinary } from './doctor/temporal.ts'

export type { Check } from './doctor/check.ts'

type Checks = Record<string, () => Check | Promise<Check>>

/** By the name under which a check stands that cannot even be made. */
const checksOf = (config: Config): Checks => ({
  node: () => checkNode(),
  git: checkGit,
  'state directory': () => checkStateDir(config),
  'result database': () => checkDatabase(config),
  artifacts: () => checkArtifacts(config),
  'socket path': () => checkSocketPath(config),
  'Temporal server': () => checkServerBinary(config),
  'running stack': () => checkRunningStack(config),
  TEMPORAL_ADDRESS: () => checkExternalServer(config),
  'mount and PID namespaces, overlay': () => checkNamespaces(config),
  sandbox: checkSandbox,
  'control groups': () => checkControlGroups(),
  'isolation programs': checkIsolationPrograms,
  cluster: () => checkCluster(config),
  COMMIT_SUITE_NOTIFY: () => checkNotifyFile(config),
  COMMIT_SUITE_PAYLOAD_KEYS: () => checkPayloadKeys(config),
  bash: checkBash,
  python3: () => checkLanguage('python3', ['--version']),
  go: () => checkLanguage('go', ['version']),
})

/** Looks at everything a suite needs on this host; installs and starts nothing. Never rejects. */
export async function runDoctor(config: Config): Promise<{ checks: Check[] }> {
  const checks = Object.entries(checksOf(config)).map(async ([name, check]) => {
    try {
      return await check()
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      return failed(name, detail, 'Make what the message names work, then ask again.')
    }
  })
  return { checks: await Promise.all(checks) }
}
