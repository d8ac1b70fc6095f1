import { ApplicationFailure } from '@temporalio/common'
import {
  CommitSuiteError,
  DEFAULT_CONFIDENCE,
  invalidInput,
  parseSweepRequest,
  type SoundSweep,
  type SuiteRequest,
  type SuiteSpec,
  type SweepRequest,
  sweepScheduleId,
} from '../../src/contract/index.ts'
import { parseNetworkSweep } from '../../src/requests/network-request.ts'
import type { Store } from '../../src/store/store.ts'
import { type AdmissionDeps, defaultParallelism } from '../admit-suite.ts'
import { sourceOf } from '../mirror-of.ts'

/**
 * The request of a firing, held to what holds today: rules for the network may have become stricter since the sweep was
 * created, and the key that asked for it may be gone or have as many open suites as it may.
 */
export async function soundSweep(
  deps: Pick<AdmissionDeps, 'store' | 'network'>,
  { request: asked, workflowId }: { request: SweepRequest; workflowId: string },
): Promise<SoundSweep> {
  const request = asked?.network === undefined ? parseSweepRequest(asked) : parseNetworkSweep(asked, deps.network)
  const id = sweepScheduleId(request.name)
  if (workflowId !== id && !workflowId.startsWith(`${id}-`)) {
    throw invalidInput('name', request.name, `must be that of the workflow: ${workflowId}`, 'Name the workflow so.')
  }
  const key = request.network?.key ?? null
  if (key !== null) await assertMayFire(deps.store, key)
  return request
}

async function assertMayFire({ keys, suites }: Store, name: string): Promise<void> {
  const key = (await keys.list()).find((one) => one.name === name)
  if (key === undefined) {
    const message = `The API key ${name}, which asked for the sweep, is revoked. Delete the sweep, or create it anew.`
    throw new CommitSuiteError('forbidden', message, { field: 'key', value: name })
  }
  if ((await suites.countOpen(name)) < key.openSuites) return
  const message = `The API key ${name} has ${key.openSuites} open suites, as many as it may. The next firing tries again.`
  throw ApplicationFailure.nonRetryable(message, 'too_many_suites')
}

/** What the suites of a sweep have in common, as one of them: how the repository is fetched and its tests are run. */
export function suiteOfSweep(deps: AdmissionDeps, request: SoundSweep): SuiteSpec {
  const { commits = ['HEAD'], parallelism = defaultParallelism(deps, { ...request, job: undefined }) } = request
  return {
    ...runsOf(request),
    ...{ id: request.name, repo: sourceOf(deps, request).repo.url, commits, firstParent: request.firstParent },
    ...{ runs: request.runs ?? 1, seed: null, attemptBase: 0, parallelism, isolation: request.isolation },
  }
}

/** All that a sweep asks for of its runs, without commits and seeds. */
function runsOf(request: SoundSweep) {
  const { name: _n, cron: _c, timezone: _t, overlap: _o, jitterMs: _j, catchupMs: _k, ...rest } = request
  const { budgetRuns: _r, budgetMs: _b, commits: _h, runs: _u, seed: _s, firstParent: _f, ...asked } = rest
  const { maxFlakeRate, confidence, ...runs } = asked
  if (request.until === undefined) return runs
  return {
    ...runs,
    ...(maxFlakeRate === undefined ? {} : { maxFlakeRate }),
    confidence: confidence ?? DEFAULT_CONFIDENCE,
  }
}

/** The suite of a firing. */
export const suiteRequest = (
  request: SoundSweep,
  { commits, seeds }: { commits: string[]; seeds: number[] },
): SuiteRequest => ({ ...runsOf(request), commits, seeds })
