import { randomInt } from 'node:crypto'
import {
  invalidInput,
  LIMITS,
  parseSearchRequest,
  type SearchRequest,
  type SearchSpec,
  type SoundSearch,
  searchIdSchema,
} from '../../src/contract/index.ts'
import { loadTemplate } from '../../src/frameworks/templates.ts'
import { parseNetworkSearch } from '../../src/requests/network-request.ts'
import { searchDigest } from '../../src/store/request-digest.ts'
import { type AdmissionDeps, defaultParallelism, templateOptions } from '../admit-suite.ts'
import { assertSupported } from '../assert-supported.ts'
import { sourceOf } from '../mirror-of.ts'
import { idOfWorkflow } from '../workflow-id.ts'

/**
 * Validates what was asked for, whoever started the workflow, fills the defaults and records the search as queued.
 * Throws `invalid_input` and its like for bad input, `search_conflict` where the id belongs to another request or a suite.
 */
export async function admitSearch(
  deps: AdmissionDeps,
  input: { search: string; request: SearchRequest },
): Promise<void> {
  const id = idOfWorkflow(searchIdSchema, input.search, input.request)
  const request = parseRequest(deps, input.request)
  const spec = specOf(deps, request, id)
  if (request.projectType !== undefined) await loadTemplate(request.projectType, templateOptions(deps))
  await assertSupported(deps, request)
  await record(deps, request, spec)
}

const parseRequest = (deps: AdmissionDeps, request: SearchRequest): SoundSearch =>
  request?.network === undefined ? parseSearchRequest(request) : parseNetworkSearch(request, deps.network)

function specOf(deps: AdmissionDeps, request: SoundSearch, id: string): SearchSpec {
  return {
    ...request,
    id,
    repo: sourceOf(deps, request).repo.url,
    seed: request.seed ?? randomInt(1, LIMITS.largestSeed + 1),
    parallelism: request.parallelism ?? defaultParallelism(deps, request),
  }
}

async function record({ store }: AdmissionDeps, request: SoundSearch, spec: SearchSpec): Promise<void> {
  const conflict = (rule: string) => invalidInput('id', spec.id, rule, 'Choose another id.', 'search_conflict')
  if ((await store.suites.get(spec.id)) !== undefined) throw conflict('belongs to a suite')
  // Their suites would have the same ids.
  if ((await store.isolations.get(spec.id)) !== undefined) throw conflict('belongs to an isolation')
  const requestDigest = searchDigest(request)
  const stored = await store.searches.create({ spec, requestDigest })
  if (stored.requestDigest !== requestDigest) throw conflict('belongs to a search with another request')
}
