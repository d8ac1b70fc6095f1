import { CommitSuiteError, type ErrorCode, formatRunId, LIMITS } from '../src/contract/index.ts'
import { runFields } from '../src/telemetry/log-fields.ts'
import type { RunOutcome } from '../workflows/api.ts'
import type { Fault, RunReference } from './api.ts'
import type { ActivityDeps } from './deps.ts'
import { allForensics, forensicsOf } from './lost-tries.ts'
import { withoutSecrets } from './mask-error.ts'
import { suitePatterns } from './mask-secrets.ts'
import type { PlannedRun } from './planned-run.ts'
import { findSeed } from './suite-lookup.ts'

/** The run itself went well and stays with its runner: it is stored again later, not executed again. */
const STORAGE_FAULTS: ReadonlySet<ErrorCode> = new Set(['artifact_store_failed', 'store_unavailable'])

/** Of a message in an event, which every reader of the suite gets. */
const LONGEST_MESSAGE = 500

/** Whether an error means that the run has to be executed again. */
export const isLostRun = (error: unknown): error is CommitSuiteError =>
  error instanceof CommitSuiteError && !STORAGE_FAULTS.has(error.code)

/** Puts the fault on record as a try; after the last one nothing is tried again. What it gives back goes to Temporal. */
export async function countFault(
  deps: ActivityDeps,
  planned: PlannedRun,
  thrown: CommitSuiteError,
): Promise<CommitSuiteError> {
  const { key, seed } = planned
  const error = withoutSecrets(suitePatterns(deps.secrets, planned.spec), thrown)
  deps.log.activities.warn({ ...runFields(planned), err: error }, 'run lost to a fault')
  if (!error.retryable) return error
  const run = formatRunId(key)
  const message = error.message.slice(0, LONGEST_MESSAGE)
  const forensics = await forensicsOf(deps, key, planned.try)
  await deps.store.events.append({
    suite: key.suite,
    type: 'run.retried',
    subject: run,
    ordinal: planned.try,
    data: {
      ...{ sha: key.sha, run, attempt: key.attempt, seed, try: planned.try, fault: error.code, message },
      ...(forensics === undefined ? {} : { forensics: forensics.name }),
    },
  })
  if (planned.try < LIMITS.triesPerRun) return error
  return new CommitSuiteError('tries_used_up', `${error.message} (after ${planned.try} tries)`, error.detail, {
    cause: error,
  })
}

/** Records `error` for a run that infrastructure could not carry through. */
export async function recordRunError(
  deps: ActivityDeps,
  { run, fault }: { run: RunReference; fault: Fault },
): Promise<RunOutcome> {
  const { treeKey: _treeKey, ...key } = run
  const failedTries = await deps.store.events.lastOrdinal(key.suite, 'run.retried', formatRunId(key))
  const { result } = await deps.store.results.record({
    ...key,
    seed: await findSeed(deps.store, key.suite, key.attempt),
    outcome: 'error',
    reason: fault.code,
    exitCode: null,
    signal: null,
    startedAt: null,
    durationMs: 0,
    tries: Math.max(1, failedTries),
    node: deps.host.node,
    // A fault that is not tried again has no event, but may have left something.
    artifacts: await allForensics(deps, key, failedTries + 1),
  })
  return { outcome: result.outcome }
}
