import { randomInt } from 'node:crypto'
import {
  type ExecutorName,
  idSchema,
  invalidInput,
  LIMITS,
  parseSuiteRequest,
  type SuiteRequest,
  type SuiteSpec,
} from '../src/contract/index.ts'
import { loadTemplate } from '../src/frameworks/templates.ts'
import { parseRepository } from '../src/git/repository-ref.ts'
import { drawSeeds } from '../src/stats/seeds.ts'
import { requestDigest } from '../src/store/request-digest.ts'
import { assertSupported } from './assert-supported.ts'
import type { ActivityDeps } from './deps.ts'

/**
 * Validates what was asked for, whoever started the workflow, fills the defaults and records the suite as
 * queued with its seeds. Throws `invalid_input` and its like for bad input, `suite_conflict` where the id
 * belongs to another request.
 */
export async function admitSuite(deps: ActivityDeps, input: { suite: string; request: SuiteRequest }): Promise<void> {
  const id = checkId(input)
  const request = parseSuiteRequest(input.request)
  const digest = requestDigest(request)
  const repo = parseRepository(request.repo, { transports: deps.transports }).url
  if (request.projectType !== undefined) await loadTemplate(request.projectType, templateOptions(deps))
  await assertSupported(deps, request)
  const { seeds, seed: givenSeed, parallelism, ...asked } = request
  const seed = seeds === undefined ? (givenSeed ?? randomInt(1, LIMITS.largestSeed + 1)) : null
  const spec: SuiteSpec = {
    ...asked,
    id,
    repo,
    seed,
    parallelism: parallelism ?? defaultParallelism(deps, request.executor),
  }
  const stored = await deps.store.suites.create({
    spec,
    requestDigest: digest,
    seeds: seeds ?? drawSeeds(seed ?? 1, request.runs),
  })
  if (stored.requestDigest !== digest) {
    throw invalidInput('id', id, 'belongs to a suite with another request', 'Choose another id.', 'suite_conflict')
  }
}

/** Pods at once unless said otherwise: enough to be quick, few enough for a cluster that others use too. */
const PODS_AT_ONCE = 10

function defaultParallelism({ host }: ActivityDeps, executor: ExecutorName): number {
  return executor === 'local' ? host.slots : Math.min(PODS_AT_ONCE, host.pods)
}

export const templateOptions = (deps: ActivityDeps) =>
  deps.templatesDir === undefined ? {} : { userDir: deps.templatesDir }

function checkId({ suite, request }: { suite: string; request: SuiteRequest }): string {
  const parsed = idSchema.safeParse(suite)
  if (!parsed.success) {
    throw invalidInput(
      'id',
      suite,
      parsed.error.issues[0]?.message ?? 'is not an id',
      'It is taken from the workflow id.',
    )
  }
  if (request?.id !== undefined && request.id !== suite) {
    throw invalidInput('id', request.id, `must be the workflow's: ${suite}`, 'Leave it out, or name the workflow so.')
  }
  return suite
}
