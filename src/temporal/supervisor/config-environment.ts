import { delimiter, resolve } from 'node:path'
import type { Config } from '../../config.ts'
import { formatDuration } from '../../contract/index.ts'

/** The environment from which `readConfig` reads this configuration again. */
export function configEnvironment(config: Config): NodeJS.ProcessEnv {
  const { TEMPORAL_ADDRESS: _, COMMIT_SUITE_TEMPLATES: __, COMMIT_SUITE_KUBERNETES_EGRESS: ___, ...env } = process.env
  return {
    ...env,
    COMMIT_SUITE_HOME: config.stateDir,
    COMMIT_SUITE_CACHE: config.cacheDir,
    COMMIT_SUITE_ARTIFACTS: config.artifactsDir,
    COMMIT_SUITE_DATABASE_URL: config.databaseUrl ?? '',
    COMMIT_SUITE_SLOTS: String(config.slots),
    COMMIT_SUITE_ALLOWED_REPOS: config.allowedRepos.join(','),
    COMMIT_SUITE_ALLOWED_ADDRESSES: config.allowedAddresses.join(','),
    COMMIT_SUITE_ALLOWED_SECRETS: config.allowedSecrets.join(','),
    COMMIT_SUITE_LOG_LEVEL: config.logLevel,
    COMMIT_SUITE_KUBERNETES_PODS: String(config.kubernetesPods),
    COMMIT_SUITE_KUBERNETES_PULL_SECRETS: config.kubernetesPullSecrets.join(','),
    COMMIT_SUITE_KUBERNETES_WAIT: formatDuration(config.kubernetesWaitMs),
    ...(config.kubernetesEgress === undefined ? {} : { COMMIT_SUITE_KUBERNETES_EGRESS: config.kubernetesEgress }),
    ...duration('COMMIT_SUITE_RETENTION', config.retention.resultsMs),
    ...duration('COMMIT_SUITE_RETENTION_LOGS', config.retention.logsMs),
    TEMPORAL_NAMESPACE: config.temporalNamespace,
    ...(env.KUBECONFIG ? { KUBECONFIG: absoluteList(env.KUBECONFIG) } : {}),
    ...(config.notifyFile === undefined ? {} : { COMMIT_SUITE_NOTIFY: config.notifyFile }),
    ...(config.templatesDir === undefined ? {} : { COMMIT_SUITE_TEMPLATES: config.templatesDir }),
    ...(config.temporalAddress === undefined ? {} : { TEMPORAL_ADDRESS: config.temporalAddress }),
  }
}

const duration = (name: string, ms: number | undefined) => (ms === undefined ? {} : { [name]: formatDuration(ms) })

/** The supervisor has another working directory than its caller. */
const absoluteList = (paths: string): string =>
  paths
    .split(delimiter)
    .filter((path) => path !== '')
    .map((path) => resolve(path))
    .join(delimiter)
