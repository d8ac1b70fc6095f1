import type { z } from 'zod'
import { type CommitSuiteError, type ErrorDetail, invalidInput } from './errors.ts'
import { ISOLATIONS, type Isolation, type ParsedSuiteRequest, suiteRequestSchema } from './suite.ts'

const DEFAULT_RUNS = 10
/** Where the evidence decides, runs are only the most that are made. */
const DEFAULT_CAP = 1_000

/** A request that holds together: every field in bounds, and the seeds in keeping with the number of runs. */
export type SoundRequest = ParsedSuiteRequest & { runs: number; isolation: Isolation }

/**
 * Parses what a caller asked for, whoever it was.
 *
 * @throws CommitSuiteError `invalid_input` naming field, value and rule of the first thing that is wrong
 */
export function parseSuiteRequest(input: unknown): SoundRequest {
  const parsed = suiteRequestSchema.safeParse(input)
  if (!parsed.success) throw badField(input, parsed.error)
  const request = { ...parsed.data, isolation: isolationOf(parsed.data) }
  assertStopping(request)
  const { seeds, runs, until } = request
  if (seeds === undefined) return { ...request, runs: runs ?? (until === undefined ? DEFAULT_RUNS : DEFAULT_CAP) }
  const repeated = firstRepeated(seeds)
  if (repeated !== undefined) throw invalidInput('seeds', repeated, 'each seed may be given once')
  if (request.seed !== undefined) {
    throw invalidInput('seed', request.seed, 'cannot be combined with seeds', 'Leave seed out.')
  }
  if (runs !== undefined && runs !== seeds.length) {
    throw invalidInput('runs', runs, `the ${seeds.length} seeds set the number of runs`, 'Leave runs out.')
  }
  return { ...request, runs: seeds.length }
}

/** What says when to stop means nothing where nothing stops. */
function assertStopping({ until, maxFlakeRate, confidence }: ParsedSuiteRequest): void {
  if (until !== undefined) return
  for (const [field, value] of Object.entries({ maxFlakeRate, confidence })) {
    if (value !== undefined) throw invalidInput(field, value, 'needs until verdict', 'Add it, or leave this out.')
  }
}

/** The isolation asked for, or the executor's first; throws `invalid_input` where the executor has no such one. */
export function isolationOf({
  executor,
  isolation,
  cluster,
}: Pick<ParsedSuiteRequest, 'executor' | 'isolation' | 'cluster'>): Isolation {
  const possible: readonly Isolation[] = ISOLATIONS[executor]
  if (isolation !== undefined && !possible.includes(isolation)) {
    throw invalidInput('isolation', isolation, `must be ${possible.join(' or ')} with executor ${executor}`)
  }
  const ofClusters = { 'cluster.kubeconfig': cluster?.kubeconfig, 'cluster.context': cluster?.context }
  for (const [field, value] of Object.entries(ofClusters)) {
    if (value !== undefined && executor !== 'kubernetes') {
      throw invalidInput(field, value, 'needs executor kubernetes', 'Leave it out, or choose that executor.')
    }
  }
  return isolation ?? ISOLATIONS[executor][0]
}

function firstRepeated(seeds: readonly number[]): number | undefined {
  const seen = new Set<number>()
  return seeds.find((seed) => seen.size === seen.add(seed).size)
}

/** What a schema refused, as an error that names the field, its value and the rule. */
export function badField(input: unknown, error: z.ZodError): CommitSuiteError {
  const issue = error.issues[0]
  if (issue === undefined) return invalidInput('request', input, 'is not valid')
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0]].join('.')
    return invalidInput(field, valueAt(input, [...issue.path, issue.keys[0] ?? '']), 'is not a known field')
  }
  const detail: ErrorDetail = { field: issue.path.join('.') || 'request', value: valueAt(input, issue.path) }
  return invalidInput(detail.field ?? 'request', detail.value ?? null, issue.message)
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, key)
  }
  return value
}
