import { delimiter, resolve } from 'node:path'
import type { Config } from '../../config.ts'
import { formatDuration } from '../../contract/index.ts'
import type { ArtifactPlace } from '../../store/artifact-place.ts'
import { s3Address } from '../../store/s3/place.ts'
import { formatListenAddress } from '../../telemetry/listen-address.ts'

/** The environment from which `readConfig` reads this configuration again. */
export function configEnvironment(config: Config): NodeJS.ProcessEnv {
  const { TEMPORAL_ADDRESS: _, COMMIT_SUITE_TEMPLATES: __, COMMIT_SUITE_KUBERNETES_EGRESS: ___, ...env } = process.env
  return {
    ...env,
    COMMIT_SUITE_HOME: config.stateDir,
    COMMIT_SUITE_CACHE: config.cacheDir,
    ...artifactVariables(config.artifacts),
    COMMIT_SUITE_DATABASE_URL: config.databaseUrl ?? '',
    COMMIT_SUITE_SLOTS: config.fleet.usage === undefined ? String(config.slots) : 'auto',
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
    ...address('COMMIT_SUITE_METRICS', config.metrics),
    ...address('COMMIT_SUITE_WORKER_METRICS', config.workerMetrics),
    TEMPORAL_NAMESPACE: config.temporalNamespace,
    ...absolutePaths(env),
    ...(env.KUBECONFIG ? { KUBECONFIG: absoluteList(env.KUBECONFIG) } : {}),
    ...(config.notifyFile === undefined ? {} : { COMMIT_SUITE_NOTIFY: config.notifyFile }),
    ...(config.payloadKeysFile === undefined ? {} : { COMMIT_SUITE_PAYLOAD_KEYS: config.payloadKeysFile }),
    ...(config.templatesDir === undefined ? {} : { COMMIT_SUITE_TEMPLATES: config.templatesDir }),
    ...(config.temporalAddress === undefined ? {} : { TEMPORAL_ADDRESS: config.temporalAddress }),
  }
}

function artifactVariables(place: ArtifactPlace): NodeJS.ProcessEnv {
  if (typeof place === 'string') return { COMMIT_SUITE_ARTIFACTS: place }
  return {
    COMMIT_SUITE_ARTIFACTS: s3Address(place),
    COMMIT_SUITE_S3_ENDPOINT: place.endpoint ?? '',
    COMMIT_SUITE_S3_REGION: place.region ?? '',
    COMMIT_SUITE_S3_PATH_STYLE: String(place.pathStyle),
  }
}
const address = (name: string, at: Config['metrics']) => (at === undefined ? {} : { [name]: formatListenAddress(at) })

const duration = (name: string, ms: number | undefined) => (ms === undefined ? {} : { [name]: formatDuration(ms) })

/** Files in which a client of S3 looks for its credentials. */
const FILES_OF_AWS = ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'] as const

/** The supervisor has another working directory than its caller. */
const absolutePaths = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(FILES_OF_AWS.flatMap((name) => (env[name] ? [[name, resolve(env[name])]] : [])))

const absoluteList = (paths: string): string =>
  paths
    .split(delimiter)
    .filter((path) => path !== '')
    .map((path) => resolve(path))
    .join(delimiter)
