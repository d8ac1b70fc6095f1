import type { z } from 'zod'
import { type ErrorDetail, invalidInput } from './errors.ts'
import { ISOLATIONS, type Isolation, type ParsedSuiteRequest, suiteRequestSchema } from './suite.ts'

const DEFAULT_RUNS = 10

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
  const { seeds, runs } = request
  if (seeds === undefined) return { ...request, runs: runs ?? DEFAULT_RUNS }
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

function isolationOf({ executor, isolation, cluster, session }: ParsedSuiteRequest): Isolation {
  const possible: readonly Isolation[] = ISOLATIONS[executor]
  if (isolation !== undefined && !possible.includes(isolation)) {
    throw invalidInput('isolation', isolation, `must be ${possible.join(' or ')} with executor ${executor}`)
  }
  const ofClusters = { 'cluster.kubeconfig': cluster?.kubeconfig, 'cluster.context': cluster?.context, session }
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

function badField(input: unknown, error: z.ZodError): Error {
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
