import { createHash } from 'node:crypto'
import { availableParallelism, homedir, tmpdir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { invalidInput, parseDuration } from './contract/index.ts'

/** Everything the environment decides, read once in each main. All paths are absolute. */
export interface Config {
  /** `$COMMIT_SUITE_HOME`: results, logs, artifacts, mirrors, prepared trees, Temporal's database. */
  stateDir: string
  /** Binaries and bundles that can be made again. */
  cacheDir: string
  artifactsDir: string
  /** Folder of the user's own templates, looked at before ours. */
  templatesDir: string | undefined
  /** Runs at once on this host, over all suites. */
  slots: number
  /** Set when an own Temporal is configured; otherwise the embedded one is used. */
  temporalAddress: string | undefined
  temporalNamespace: string
  /** `file`, `https`, `ssh`: transports git may use. */
  gitTransports: readonly string[]
  logLevel: string
  /** Runs in pods at once that the worker of this host looks after, over all suites. */
  kubernetesPods: number
  /** Where set-ups in pods may connect to, as it was written: `parseEgress` of the Kubernetes executor reads it. */
  kubernetesEgress: string | undefined
  /** Names of secrets that pods pull their images with. */
  kubernetesPullSecrets: readonly string[]
  /** How long a run may wait for room or its image while nothing else in its namespace goes forward. */
  kubernetesWaitMs: number
}

const variables = z.object({
  COMMIT_SUITE_HOME: z.string().optional(),
  COMMIT_SUITE_CACHE: z.string().optional(),
  COMMIT_SUITE_ARTIFACTS: z.string().optional(),
  COMMIT_SUITE_TEMPLATES: z.string().optional(),
  COMMIT_SUITE_SLOTS: z.coerce.number().int().min(1).max(1000).optional(),
  COMMIT_SUITE_KUBERNETES_PODS: z.coerce.number().int().min(1).max(5000).default(100),
  COMMIT_SUITE_KUBERNETES_EGRESS: z.string().optional(),
  COMMIT_SUITE_KUBERNETES_PULL_SECRETS: z.string().default(''),
  COMMIT_SUITE_KUBERNETES_WAIT: z.string().default('10m'),
  COMMIT_SUITE_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  XDG_STATE_HOME: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
})

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value)

function absolutePath(field: string, path: string): string {
  if (!isAbsolute(path)) throw invalidInput(field, path, 'must be an absolute path', undefined, 'config_invalid')
  return path
}

/** As the API server has it: names of secrets are DNS subdomains. */
const SECRET_NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function secretNames(field: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const given = names.filter((name) => name !== '')
  const wrong = given.find((name) => !SECRET_NAME.test(name))
  if (wrong === undefined) return [...new Set(given)]
  throw invalidInput(field, wrong, 'is not the name of a secret', 'Separate names by commas.', 'config_invalid')
}

const LONGEST_WAIT_MS = 24 * 3_600_000

function waitTime(field: string, text: string): number {
  const ms = parseDuration(text, field, 'config_invalid')
  if (ms >= 1000 && ms <= LONGEST_WAIT_MS) return ms
  throw invalidInput(field, text, 'must be from 1s to 24h', undefined, 'config_invalid')
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
    artifactsDir: absolutePath('COMMIT_SUITE_ARTIFACTS', v.COMMIT_SUITE_ARTIFACTS ?? join(stateDir, 'artifacts')),
    // The supervisor and its worker have another working directory than the command that starts them.
    templatesDir: v.COMMIT_SUITE_TEMPLATES === undefined ? undefined : resolve(v.COMMIT_SUITE_TEMPLATES),
    slots: v.COMMIT_SUITE_SLOTS ?? availableParallelism(),
    temporalAddress: v.TEMPORAL_ADDRESS,
    temporalNamespace: v.TEMPORAL_NAMESPACE,
    gitTransports: ['https', 'ssh', 'file'],
    logLevel: v.COMMIT_SUITE_LOG_LEVEL,
    kubernetesPods: v.COMMIT_SUITE_KUBERNETES_PODS,
    kubernetesEgress: v.COMMIT_SUITE_KUBERNETES_EGRESS,
    kubernetesPullSecrets: secretNames('COMMIT_SUITE_KUBERNETES_PULL_SECRETS', v.COMMIT_SUITE_KUBERNETES_PULL_SECRETS),
    kubernetesWaitMs: waitTime('COMMIT_SUITE_KUBERNETES_WAIT', v.COMMIT_SUITE_KUBERNETES_WAIT),
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
