import type { z } from 'zod'
import { CommitSuiteError, invalidInput, LIMITS, type SuiteRequest } from '../../contract/index.ts'

interface OptionRule {
  flag: string
  /** What the value must be; without it the schema's own words are used. */
  rule?: string
}

const largestSeed = LIMITS.largestSeed
const OPTIONS: Record<keyof SuiteRequest, OptionRule> = {
  id: { flag: '--id', rule: 'must be lower-case letters, digits and hyphens, 1 to 40 of them, not a hyphen first' },
  repo: { flag: '--repo', rule: 'must be a path or a URL of at most 4,096 characters' },
  commits: { flag: '--commits', rule: 'must be refs, shas, tags or ranges, comma-separated, none of them empty' },
  firstParent: { flag: '--first-parent' },
  command: { flag: '--command' },
  workdir: { flag: '--workdir' },
  setup: { flag: '--setup' },
  runs: { flag: '--runs', rule: 'must be a whole number from 1 to 100,000' },
  seeds: { flag: '--seeds', rule: `must be 1 to 100,000 whole numbers from 1 to ${largestSeed}` },
  seed: { flag: '--seed', rule: `must be a whole number from 1 to ${largestSeed}` },
  attemptBase: { flag: 'attemptBase' },
  parallelism: { flag: '--parallelism', rule: 'must be a whole number from 1 to 1,000' },
  timeoutMs: { flag: '--timeout', rule: 'must be from 1s to 24h' },
  projectType: { flag: '--project-type', rule: 'must be the name of a template' },
  executor: { flag: '--executor', rule: 'must be local or kubernetes' },
  isolation: { flag: '--isolation', rule: 'must be process or sandbox (local), pod or warm (kubernetes)' },
  cluster: { flag: '--context' },
  session: { flag: 'session' },
  network: { flag: 'network' },
  job: { flag: 'job' },
  partOf: { flag: 'partOf' },
  notify: { flag: '--notify', rule: 'must be 1 to 10 names of targets: lower-case letters, digits and hyphens' },
  until: { flag: '--until', rule: 'must be verdict' },
  maxFlakeRate: { flag: '--max-flake-rate', rule: 'must be a rate from 0.0001 to 0.9' },
  confidence: { flag: '--confidence', rule: 'must be above 0.5, at most 0.9999' },
  shuffle: { flag: '--shuffle' },
  reports: { flag: '--reports', rule: 'must be a glob of 1 to 1,024 characters' },
  env: { flag: '--env' },
  secretEnv: { flag: '--secret-env' },
  limits: { flag: 'limits' },
  keep: { flag: '--keep', rule: 'must be never, failed or always' },
  priority: { flag: 'priority', rule: 'must be a whole number from 1 to 5' },
}

const LIMITS_OF_A_RUN: Record<string, OptionRule> = {
  memoryBytes: { flag: '--memory', rule: 'must be at least 16MiB' },
  processes: { flag: '--processes', rule: 'must be a whole number from 4 to 1,000,000' },
  cpus: { flag: '--cpus', rule: 'must be a number above 0, at most 1,024' },
}

const PARTS_OF_A_CLUSTER: Record<string, OptionRule> = {
  kubeconfig: { flag: '--kubeconfig', rule: 'must be a path of at most 4,096 characters' },
  context: { flag: '--context', rule: 'must be the name of a context, 1 to 253 characters' },
}

/** Options whose values stand together in one field of a request. */
const PARTS: Partial<Record<keyof SuiteRequest, Record<string, OptionRule>>> = {
  limits: LIMITS_OF_A_RUN,
  cluster: PARTS_OF_A_CLUSTER,
}

const isField = (name: string): name is keyof SuiteRequest => Object.hasOwn(OPTIONS, name)

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : value),
    input,
  )
}

/** The deepest issue of a union says what is wrong with the alternative that was meant. */
function innermost(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string } {
  if (issue.code !== 'invalid_union') return issue
  const meant = issue.errors
    .flat()
    .filter(({ code }) => code !== 'unrecognized_keys')
    .toSorted((a, b) => b.path.length - a.path.length)
    .at(0)
  if (meant === undefined) return issue
  const inner = innermost(meant)
  return { path: [...issue.path, ...inner.path], message: inner.message }
}

/** Words the first complaint of the schema as `--option: value – rule`, with the value as it was given. */
export function optionError(error: z.ZodError, input: unknown, typed: (field: string) => unknown): CommitSuiteError {
  const first = error.issues[0]
  if (first === undefined) return invalidInput('options', input, 'are invalid')
  if (first.code === 'unrecognized_keys') return invalidInput(String(first.keys[0]), undefined, 'is no option of run')
  const { path, message } = innermost(first)
  const [field = '', ...inner] = path.map(String)
  if (!isField(field)) return invalidInput(field, valueAt(input, path), message)
  const part = PARTS[field]?.[inner[0] ?? '']
  if (part !== undefined) return invalidInput(part.flag, valueAt(input, path), part.rule ?? message)
  const { flag, rule } = OPTIONS[field]
  // For a bad variable name the name is the value at fault, whatever it was set to.
  if (field === 'env' && first.code === 'invalid_key') {
    return invalidInput(flag, inner[0], 'the name of an environment variable is letters, digits and _')
  }
  const value = inner.length > 0 ? valueAt(input, path) : (typed(field) ?? valueAt(input, path))
  return invalidInput(flag, value, rule ?? message)
}

/** A complaint that names a field of the request, as the worker makes them, reworded to name the option of `run`. */
export function namedAsOption(error: CommitSuiteError): CommitSuiteError {
  const [, name = '', inner = '', rest = ''] = /^([a-zA-Z]+)(?:\.(\w+))*(: .*)$/s.exec(error.message) ?? []
  if (!isField(name)) return error
  const { flag } = PARTS[name]?.[inner] ?? OPTIONS[name]
  return new CommitSuiteError(error.code, flag + rest, { ...error.detail, field: flag }, { cause: error })
}
