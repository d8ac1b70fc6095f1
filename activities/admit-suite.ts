import { randomInt } from 'node:crypto'
import {
  idSchema,
  invalidInput,
  JOB_LIMITS,
  LIMITS,
  type OpenJobInput,
  parseSuiteRequest,
  type SoundRequest,
  type SuiteRequest,
  type SuiteSpec,
} from '../src/contract/index.ts'
import { loadTemplate } from '../src/frameworks/templates.ts'
import { parseNetworkRequest } from '../src/requests/network-request.ts'
import { drawSeeds } from '../src/stats/seeds.ts'
import { requestDigest } from '../src/store/request-digest.ts'
import { assertSupported } from './assert-supported.ts'
import type { ActivityDeps } from './deps.ts'
import { filledRequest } from './isolation/question-request.ts'
import { sourceOf } from './mirror-of.ts'
import { assertTargets } from './notify/targets.ts'
import { assertOwnId } from './own-id.ts'
import { assertJob, openInputs } from './settle-job.ts'
import { idOfWorkflow } from './workflow-id.ts'

/**
 * Validates what was asked for, whoever started the workflow, fills the defaults and records the suite as
 * queued with its seeds. Throws `invalid_input` and its like for bad input, `suite_conflict` where the id
 * belongs to another request.
 */
export async function admitSuite(deps: AdmissionDeps, input: { suite: string; request: SuiteRequest }): Promise<void> {
  const id = idOfWorkflow(idSchema, input.suite, input.request)
  const request = parseRequest(deps, await filledRequest(deps.store, input.request))
  const spec = specOf(deps, request, { id, open: openInputs(input.request) })
  if (request.job !== undefined) assertJob(request)
  if (request.projectType !== undefined) await loadTemplate(request.projectType, templateOptions(deps))
  await assertTargets(deps, request.notify)
  await assertSupported(deps, request)
  await record(deps, request, spec)
}

export type AdmissionDeps = Pick<
  ActivityDeps,
  'store' | 'executors' | 'transports' | 'network' | 'templatesDir' | 'notifyFile' | 'host'
>

const parseRequest = (deps: AdmissionDeps, request: SuiteRequest): SoundRequest =>
  request?.network === undefined ? parseSuiteRequest(request) : parseNetworkRequest(request, deps.network)

function specOf(
  deps: AdmissionDeps,
  request: SoundRequest,
  { id, open }: { id: string; open: OpenJobInput[] },
): SuiteSpec {
  const { seeds, seed: givenSeed, parallelism, job, ...asked } = request
  return {
    ...asked,
    id,
    repo: sourceOf(deps, request).repo.url,
    seed: seeds === undefined ? (givenSeed ?? randomInt(1, LIMITS.largestSeed + 1)) : null,
    parallelism: parallelism ?? defaultParallelism(deps, request),
    ...(job === undefined ? {} : { job: { ...job, open } }),
  }
}

async function record({ store }: AdmissionDeps, request: SoundRequest, spec: SuiteSpec): Promise<void> {
  await assertOwnId(store, spec)
  const digest = requestDigest(request)
  const seeds = request.seeds ?? drawSeeds(spec.seed ?? 1, request.runs)
  const stored = await store.suites.create({ spec, requestDigest: digest, seeds })
  if (stored.requestDigest === digest) return
  throw invalidInput('id', spec.id, 'belongs to a suite with another request', 'Choose another id.', 'suite_conflict')
}

/** Pods at once unless said otherwise: enough to be quick, few enough for a cluster that others use too. */
const PODS_AT_ONCE = 10

export function defaultParallelism(
  { host }: AdmissionDeps,
  { executor, job }: Pick<SoundRequest, 'executor' | 'job'>,
): number {
  if (job !== undefined) return JOB_LIMITS.parallelism.default
  return executor === 'local' ? host.slots : Math.min(PODS_AT_ONCE, host.pods)
}

export const templateOptions = (deps: Pick<ActivityDeps, 'templatesDir'>) =>
  deps.templatesDir === undefined ? {} : { userDir: deps.templatesDir }
