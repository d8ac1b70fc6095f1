import { createHash } from 'node:crypto'
import { homedir, tmpdir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { type ExecutorName, invalidInput, parseDuration } from './contract/index.ts'
import { parsePattern } from './git/repository-pattern.ts'
import { isAllowedEntry } from './network/allowed-addresses.ts'
import { type Prices, parsePrices } from './prices.ts'
import type { ArtifactPlace } from './store/artifact-place.ts'
import { databaseUrl } from './store/postgres/database-url.ts'
import { isS3Address, parseS3Place, type S3Settings } from './store/s3/place.ts'
import { type ListenAddress, parseListenAddress } from './telemetry/listen-address.ts'
import { drainTime, type FleetConfig, fleetConfig, fleetVariables } from './worker-config.ts'

/** Everything the environment decides, read once in each main. All paths are absolute. */
export interface Config {
  /** `$COMMIT_SUITE_HOME`: results, logs, artifacts, mirrors, prepared trees, Temporal's database. */
  stateDir: string
  /** Binaries and bundles that can be made again. */
  cacheDir: string
  /** Where what runs leave behind is kept. */
  artifacts: ArtifactPlace
  /** PostgreSQL as the result database, in place of the file in the state directory; may hold a password. */
  databaseUrl: string | undefined
  /** Folder of the user's own templates, looked at before ours. */
  templatesDir: string | undefined
  /** Who may be told of the ends of suites, as the operator has it. */
  notifyFile: string | undefined
  /** Keys that encrypt what Temporal keeps, one a line; nothing is encrypted where there is none. */
  payloadKeysFile: string | undefined
  /** Runs at once on this host, over all suites. */
  slots: number
  /** How a worker takes part in a fleet. */
  fleet: FleetConfig
  /** How long a gateway that was told to end says so at /readyz before it refuses requests; 0 by default. */
  gatewayDrainMs: number
  /** Set when an own Temporal is configured; otherwise the embedded one is used. */
  temporalAddress: string | undefined
  temporalNamespace: string
  /** Base URL of the Temporal Web UI, where it is another than that of the embedded server. */
  temporalUi: string | undefined
  /** `file`, `https`, `ssh`: transports git may use. */
  gitTransports: readonly string[]
  /** Patterns of the repositories that requests from the network may test. */
  allowedRepos: readonly string[]
  /** Hosts and ranges of private git servers that requests from the network may reach. */
  allowedAddresses: readonly string[]
  /** Names of the secret variables that requests from the network may refer to. */
  allowedSecrets: readonly string[]
  logLevel: string
  /** Where this process, gateway or worker, serves its metrics; undefined for nowhere. */
  metrics: ListenAddress | undefined
  /** The same of the worker that `serve` and the commands on this machine start beside themselves. */
  workerMetrics: ListenAddress | undefined
  /** Origins of pages that may call the gateway besides its own, which a proxy in front of it gives another name. */
  gatewayOrigins: readonly string[]
  /** Where the tests of WebSocket clients happen, who cannot say it themselves. */
  faceExecutor: ExecutorName
  /** Runs in pods at once that the worker of this host looks after, over all suites. */
  kubernetesPods: number
  /** Where set-ups in pods may connect to, as it was written: `parseEgress` of the Kubernetes executor reads it. */
  kubernetesEgress: string | undefined
  /** Names of secrets that pods pull their images with. */
  kubernetesPullSecrets: readonly string[]
  /** How long records of ended suites are kept. */
  retention: Retention
  /** How long a run may wait for room or its image while nothing else in its namespace goes forward. */
  kubernetesWaitMs: number
  /** Of what environments hold; undefined where the operator names none. */
  prices: Prices | undefined
}

/** Times from the end of a suite on, in ms; undefined for ever. */
export interface Retention {
  /** Of all that is on record of it but the history of its tests. */
  resultsMs: number | undefined
  /** Of its logs and artifacts. */
  logsMs: number | undefined
}

const variables = z.object({
  COMMIT_SUITE_HOME: z.string().optional(),
  COMMIT_SUITE_CACHE: z.string().optional(),
  COMMIT_SUITE_ARTIFACTS: z.string().optional(),
  COMMIT_SUITE_S3_ENDPOINT: z.string().optional(),
  COMMIT_SUITE_S3_REGION: z.string().optional(),
  COMMIT_SUITE_S3_PATH_STYLE: z.enum(['true', 'false']).optional(),
  COMMIT_SUITE_DATABASE_URL: z.string().optional(),
  COMMIT_SUITE_TEMPLATES: z.string().optional(),
  COMMIT_SUITE_NOTIFY: z.string().optional(),
  ...fleetVariables,
  COMMIT_SUITE_GATEWAY_DRAIN: z.string().optional(),
  COMMIT_SUITE_PAYLOAD_KEYS: z.string().optional(),
  COMMIT_SUITE_KUBERNETES_PODS: z.coerce.number().int().min(1).max(5000).default(100),
  COMMIT_SUITE_KUBERNETES_EGRESS: z.string().optional(),
  COMMIT_SUITE_KUBERNETES_PULL_SECRETS: z.string().default(''),
  COMMIT_SUITE_KUBERNETES_WAIT: z.string().default('10m'),
  COMMIT_SUITE_RETENTION: z.string().optional(),
  COMMIT_SUITE_RETENTION_LOGS: z.string().optional(),
  COMMIT_SUITE_ALLOWED_REPOS: z.string().default('https://*,ssh://*,git@*'),
  COMMIT_SUITE_ALLOWED_ADDRESSES: z.string().default(''),
  COMMIT_SUITE_ALLOWED_SECRETS: z.string().default(''),
  COMMIT_SUITE_ORIGINS: z.string().default(''),
  COMMIT_SUITE_FACE_EXECUTOR: z.enum(['local', 'kubernetes']).default('local'),
  COMMIT_SUITE_PRICES: z.string().default(''),
  COMMIT_SUITE_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  COMMIT_SUITE_METRICS: z.string().optional(),
  COMMIT_SUITE_WORKER_METRICS: z.string().optional(),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  COMMIT_SUITE_TEMPORAL_UI: z
    .url({ protocol: /^https?$/, error: 'must be the http or https address of a Temporal Web UI' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  XDG_STATE_HOME: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
})

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value)

function absolutePath(field: string, path: string): string {
  if (!isAbsolute(path)) throw invalidInput(field, path, 'must be an absolute path', undefined, 'config_invalid')
  return path
}

const artifactPlace = (field: string, text: string, settings: S3Settings): ArtifactPlace =>
  isS3Address(text) ? parseS3Place(field, text, settings) : absolutePath(field, text)

/** The entries of a list with commas between them, each once. */
const entriesOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  ),
]

function listOf(field: string, text: string, isValid: (entry: string) => boolean, rule: string): string[] {
  const given = entriesOf(text)
  const wrong = given.find((entry) => !isValid(entry))
  if (wrong === undefined) return given
  throw invalidInput(field, wrong, rule, 'Separate entries by commas.', 'config_invalid')
}

const listenAddress = (field: string, text: string | undefined): ListenAddress | undefined =>
  text === undefined ? undefined : parseListenAddress(field, text)

/** As the API server has it: names of secrets are DNS subdomains. */
const SECRET_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

const secretNames = (field: string, text: string): string[] =>
  listOf(field, text, (name) => SECRET_NAME.test(name), 'is not the name of a secret')

const variableNames = (field: string, text: string): string[] =>
  listOf(field, text, (name) => VARIABLE_NAME.test(name), 'is not the name of an environment variable')

const addressList = (field: string, text: string): string[] =>
  listOf(field, text, isAllowedEntry, 'is not a host name, an address or a range of addresses (10.20.0.0/16)')

function repositoryPatterns(field: string, text: string): string[] {
  const patterns = entriesOf(text)
  // An empty list would be read as "not set" further on, and the default is wider than nothing.
  if (patterns.length === 0) throw invalidInput(field, text, 'must name a pattern', undefined, 'config_invalid')
  for (const pattern of patterns) parsePattern(pattern)
  return patterns
}

/** `https://suites.example.org`, as browsers send it: no path, no user. */
function origins(field: string, text: string): string[] {
  const given = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
  const wrong = given.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  if (wrong === undefined) return given
  const remedy = 'Write it like https://suites.example.org; separate several by commas.'
  throw invalidInput(field, wrong, 'is not the origin of a page', remedy, 'config_invalid')
}

const LONGEST_WAIT_MS = 24 * 3_600_000

function waitTime(field: string, text: string): number {
  const ms = parseDuration(text, field, 'config_invalid')
  if (ms >= 1000 && ms <= LONGEST_WAIT_MS) return ms
  throw invalidInput(field, text, 'must be from 1s to 24h', undefined, 'config_invalid')
}

const SHORTEST_RETENTION_MS = 3_600_000
const LONGEST_RETENTION_MS = 36_500 * 24 * 3_600_000

function retentionTime(field: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text, field, 'config_invalid')
  if (ms >= SHORTEST_RETENTION_MS && ms <= LONGEST_RETENTION_MS) return ms
  const remedy = 'Leave it out to keep everything for ever.'
  throw invalidInput(field, text, 'must be from 1h to 36500d', remedy, 'config_invalid')
}

/** Reads the environment; throws `config_invalid` naming the variable, its value and the rule. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = variables.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const name = String(issue?.path[0])
    throw invalidInput(name, env[name], issue?.message ?? 'invalid', undefined, 'config_invalid')
  }
  const v = parsed.data
  const home = nonEmpty(env.HOME) ?? homedir()
  const stateDir = absolutePath(
    'COMMIT_SUITE_HOME',
    v.COMMIT_SUITE_HOME ?? join(v.XDG_STATE_HOME ?? join(home, '.local', 'state'), 'commit-suite'),
  )
  const cacheDir = absolutePath(
    'COMMIT_SUITE_CACHE',
    v.COMMIT_SUITE_CACHE ?? join(v.XDG_CACHE_HOME ?? join(home, '.cache'), 'commit-suite'),
  )
  return Object.freeze({
    stateDir,
    cacheDir,
    retention: Object.freeze({
      resultsMs: retentionTime('COMMIT_SUITE_RETENTION', v.COMMIT_SUITE_RETENTION),
      logsMs: retentionTime('COMMIT_SUITE_RETENTION_LOGS', v.COMMIT_SUITE_RETENTION_LOGS),
    }),
    artifacts: artifactPlace('COMMIT_SUITE_ARTIFACTS', v.COMMIT_SUITE_ARTIFACTS ?? join(stateDir, 'artifacts'), {
      endpoint: v.COMMIT_SUITE_S3_ENDPOINT,
      region: v.COMMIT_SUITE_S3_REGION,
      pathStyle: v.COMMIT_SUITE_S3_PATH_STYLE,
    }),
    databaseUrl:
      v.COMMIT_SUITE_DATABASE_URL === undefined
        ? undefined
        : databaseUrl('COMMIT_SUITE_DATABASE_URL', v.COMMIT_SUITE_DATABASE_URL),
    // The supervisor and its worker have another working directory than the command that starts them.
    templatesDir: v.COMMIT_SUITE_TEMPLATES === undefined ? undefined : resolve(v.COMMIT_SUITE_TEMPLATES),
    notifyFile: v.COMMIT_SUITE_NOTIFY === undefined ? undefined : resolve(v.COMMIT_SUITE_NOTIFY),
    ...fleetConfig(v),
    gatewayDrainMs: drainTime('COMMIT_SUITE_GATEWAY_DRAIN', v.COMMIT_SUITE_GATEWAY_DRAIN) ?? 0,
    payloadKeysFile: v.COMMIT_SUITE_PAYLOAD_KEYS === undefined ? undefined : resolve(v.COMMIT_SUITE_PAYLOAD_KEYS),
    temporalAddress: v.TEMPORAL_ADDRESS,
    temporalNamespace: v.TEMPORAL_NAMESPACE,
    temporalUi: v.COMMIT_SUITE_TEMPORAL_UI,
    gitTransports: ['https', 'ssh', 'file'],
    allowedRepos: repositoryPatterns('COMMIT_SUITE_ALLOWED_REPOS', v.COMMIT_SUITE_ALLOWED_REPOS),
    allowedAddresses: addressList('COMMIT_SUITE_ALLOWED_ADDRESSES', v.COMMIT_SUITE_ALLOWED_ADDRESSES),
    allowedSecrets: variableNames('COMMIT_SUITE_ALLOWED_SECRETS', v.COMMIT_SUITE_ALLOWED_SECRETS),
    logLevel: v.COMMIT_SUITE_LOG_LEVEL,
    metrics: listenAddress('COMMIT_SUITE_METRICS', v.COMMIT_SUITE_METRICS),
    workerMetrics: listenAddress('COMMIT_SUITE_WORKER_METRICS', v.COMMIT_SUITE_WORKER_METRICS),
    gatewayOrigins: origins('COMMIT_SUITE_ORIGINS', v.COMMIT_SUITE_ORIGINS),
    faceExecutor: v.COMMIT_SUITE_FACE_EXECUTOR,
    kubernetesPods: v.COMMIT_SUITE_KUBERNETES_PODS,
    kubernetesEgress: v.COMMIT_SUITE_KUBERNETES_EGRESS,
    kubernetesPullSecrets: secretNames('COMMIT_SUITE_KUBERNETES_PULL_SECRETS', v.COMMIT_SUITE_KUBERNETES_PULL_SECRETS),
    kubernetesWaitMs: waitTime('COMMIT_SUITE_KUBERNETES_WAIT', v.COMMIT_SUITE_KUBERNETES_WAIT),
    prices: parsePrices('COMMIT_SUITE_PRICES', v.COMMIT_SUITE_PRICES),
  })
}

/** Linux allows 108 bytes, macOS 104, the terminating NUL included. */
const LONGEST_SOCKET_PATH = 100

/** Path of a Unix socket that belongs to a state directory; short even where the state directory is deep. */
export function socketPath(stateDir: string, name: string): string {
  const direct = join(stateDir, `${name}.sock`)
  if (Buffer.byteLength(direct) <= LONGEST_SOCKET_PATH) return direct
  const digest = createHash('sha256').update(stateDir).digest('hex').slice(0, 16)
  return join(tmpdir(), `commit-suite-${userInfo().uid}`, digest, `${name}.sock`)
}
