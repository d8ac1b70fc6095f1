import { randomInt } from 'node:crypto'
import {
  type IsolationRequest,
  type IsolationSpec,
  invalidInput,
  LIMITS,
  parseIsolationRequest,
  type SoundIsolation,
  searchIdSchema,
} from '../../src/contract/index.ts'
import { loadTemplate } from '../../src/frameworks/templates.ts'
import { filledByRun } from '../../src/requests/isolation-request.ts'
import { parseNetworkIsolation } from '../../src/requests/network-request.ts'
import { requireRun } from '../../src/store/find-run.ts'
import { isolationDigest } from '../../src/store/request-digest.ts'
import { type AdmissionDeps, defaultParallelism, templateOptions } from '../admit-suite.ts'
import { assertSupported } from '../assert-supported.ts'
import { sourceOf } from '../mirror-of.ts'
import { idOfWorkflow } from '../workflow-id.ts'

/**
 * Validates what was asked for, whoever started the workflow, fills the defaults and records the isolation as queued.
 * Throws `invalid_input` and its like for bad input, `run_not_found`, and `isolation_conflict` where the id belongs to
 * another request, a search or a suite.
 */
export async function admitIsolation(
  deps: AdmissionDeps,
  input: { isolation: string; request: IsolationRequest },
): Promise<void> {
  const id = idOfWorkflow(searchIdSchema, input.isolation, input.request)
  const request = await parseRequest(deps, input.request)
  const spec = specOf(deps, request, id)
  if (request.projectType !== undefined) await loadTemplate(request.projectType, templateOptions(deps))
  await assertSupported(deps, request)
  await record(deps, request, spec)
}

async function parseRequest(deps: AdmissionDeps, request: IsolationRequest): Promise<SoundIsolation> {
  const run = typeof request?.run === 'string' ? await requireRun(deps.store, request.run) : undefined
  const filled = run === undefined ? request : filledByRun(request, run)
  return request?.network === undefined ? parseIsolationRequest(filled) : parseNetworkIsolation(filled, deps.network)
}

function specOf(deps: AdmissionDeps, request: SoundIsolation, id: string): IsolationSpec {
  return {
    ...request,
    id,
    repo: sourceOf(deps, request).repo.url,
    seed: request.seed ?? randomInt(1, LIMITS.largestSeed + 1),
    parallelism: request.parallelism ?? defaultParallelism(deps, request),
  }
}

async function record({ store }: AdmissionDeps, request: SoundIsolation, spec: IsolationSpec): Promise<void> {
  const conflict = (rule: string) => invalidInput('id', spec.id, rule, 'Choose another id.', 'isolation_conflict')
  if ((await store.suites.get(spec.id)) !== undefined) throw conflict('belongs to a suite')
  // Their suites would have the same ids.
  if ((await store.searches.get(spec.id)) !== undefined) throw conflict('belongs to a search')
  const requestDigest = isolationDigest(request)
  const stored = await store.isolations.create({ spec, requestDigest })
  if (stored.requestDigest !== requestDigest) throw conflict('belongs to an isolation with another request')
}
