import { z } from 'zod'
import { parseDuration } from '../../contract/duration.ts'
import { invalidInput, type SuiteRequest } from '../../contract/index.ts'
import { parseSize } from '../../contract/size.ts'
import { clusterOf } from '../cluster-flags.ts'

const text = z.string().optional()
const texts = z.array(z.string()).optional()

/** What commander hands over for the options of `addSuiteFlags`. */
export const suiteFlagsSchema = z.object({
  repo: text,
  commits: texts,
  firstParent: z.boolean().optional(),
  command: text,
  workdir: text,
  setup: z.union([z.string(), z.boolean()]).optional(),
  runs: text,
  seeds: text,
  seed: text,
  parallelism: text,
  timeout: text,
  projectType: text,
  executor: text,
  isolation: text,
  context: text,
  kubeconfig: text,
  memory: text,
  processes: text,
  cpus: text,
  until: text,
  maxFlakeRate: text,
  confidence: text,
  shuffle: z.boolean().optional(),
  reports: text,
  env: texts,
  secretEnv: texts,
  keep: text,
  notify: texts,
  id: text,
  config: text,
})
export type SuiteFlags = z.infer<typeof suiteFlagsSchema>

/** Options of a request before the schema has judged them, under the names of the schema. */
export type RawRequest = { [K in keyof SuiteRequest]?: unknown }

/** Whole numbers become numbers; everything else stays text for the schema to refuse. */
export const wholeNumber = (value: string): unknown => (/^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value)

const listed = (value: string): string[] => value.split(',').map((part) => part.trim())

function parseEnv(entries: string[]): Record<string, string> {
  const pairs = entries.map((entry): [string, string] => {
    const at = entry.indexOf('=')
    if (at < 1) throw invalidInput('--env', entry, 'must be NAME=VALUE')
    return [entry.slice(0, at), entry.slice(at + 1)]
  })
  return Object.fromEntries(pairs)
}

export const decimal = (value: string): unknown => (/^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value)

function limitsOf({ memory, processes, cpus }: SuiteFlags): unknown {
  const limits = {
    memoryBytes: memory === undefined ? undefined : parseSize(memory, '--memory'),
    processes: processes === undefined ? undefined : wholeNumber(processes),
    cpus: cpus === undefined ? undefined : decimal(cpus),
  }
  const given = Object.entries(limits).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

/** Turns the text of the flags into the fields of a request; only flags that were given appear. */
export function requestOfFlags(flags: SuiteFlags, cwd: string): RawRequest {
  const fields: RawRequest = {
    id: flags.id,
    repo: flags.repo,
    commits: flags.commits?.flatMap(listed),
    firstParent: flags.firstParent,
    command: flags.command === undefined ? undefined : { shell: flags.command },
    workdir: flags.workdir,
    setup: flags.setup === false ? null : typeof flags.setup === 'string' ? { shell: flags.setup } : undefined,
    runs: flags.runs === undefined ? undefined : wholeNumber(flags.runs),
    seeds: flags.seeds === undefined ? undefined : listed(flags.seeds).map(wholeNumber),
    seed: flags.seed === undefined ? undefined : wholeNumber(flags.seed),
    parallelism: flags.parallelism === undefined ? undefined : wholeNumber(flags.parallelism),
    timeoutMs: flags.timeout === undefined ? undefined : parseDuration(flags.timeout, '--timeout'),
    projectType: flags.projectType,
    executor: flags.executor,
    isolation: flags.isolation,
    cluster: clusterOf(flags, cwd),
    limits: limitsOf(flags),
    until: flags.until,
    maxFlakeRate: flags.maxFlakeRate === undefined ? undefined : decimal(flags.maxFlakeRate),
    confidence: flags.confidence === undefined ? undefined : decimal(flags.confidence),
    shuffle: flags.shuffle,
    reports: flags.reports,
    env: flags.env === undefined ? undefined : parseEnv(flags.env),
    secretEnv: flags.secretEnv,
    keep: flags.keep,
    notify: flags.notify?.flatMap(listed),
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
