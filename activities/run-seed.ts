import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import { CommitSuiteError, LIMITS, type SuiteSpec } from '../src/contract/index.ts'
import type { RunRequest } from '../src/executors/executor.ts'
import { resolveSecrets } from '../src/executors/resolve-secrets.ts'
import { reportGlobs } from '../src/frameworks/report-globs.ts'
import { noteActivity } from '../src/telemetry/activity-notes.ts'
import { keyFields, runFields } from '../src/telemetry/log-fields.ts'
import type { RunOutcome } from '../workflows/api.ts'
import type { RunReference } from './api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import type { LaneHolds } from './lane-holds.ts'
import { LiveOutput } from './live-output.ts'
import { storeForensics } from './lost-tries.ts'
import { maskPatterns } from './mask-secrets.ts'
import type { PlannedRun } from './planned-run.ts'
import { recordCompletion, recordStart } from './record-run.ts'
import type { RulesLookup } from './rules-lookup.ts'
import { countFault, isLostRun } from './run-faults.ts'
import { suiteNotOnRecord } from './suite-lookup.ts'
import type { SuiteMemory } from './suite-memory.ts'
import { waitingRecorder } from './waiting-run.ts'
import { withItsLane } from './with-its-lane.ts'

const GRACE_MS = 3000

interface Lookups {
  project: ProjectLookup
  rules: RulesLookup
}

interface RunsOfHost extends Lookups {
  memory: SuiteMemory
  holds: LaneHolds
}

/**
 * One run to its recorded result: returns the one on record, else starts or adopts the run, streams its
 * output, waits, stores what it left and records. Faults of the infrastructure count as tries and are thrown,
 * retryable until the tries are used up.
 */
export async function runSeed(
  deps: ActivityDeps,
  { memory, holds, ...lookups }: RunsOfHost,
  { treeKey, lane, ...key }: RunReference,
): Promise<RunOutcome> {
  const standing = await deps.store.results.standing(key)
  if (standing === undefined) throw suiteNotOnRecord(key.suite)
  const plan = async (): Promise<PlannedRun> => {
    const [spec, seed] = await Promise.all([
      memory.spec(key.suite, standing.suiteCreatedAt),
      memory.seed(key.suite, standing.suiteCreatedAt, key.attempt),
    ])
    const nth = standing.failedTries + 1
    noteActivity({ seed, try: nth })
    return { key, try: nth, seed, spec, treeKey }
  }
  if (standing.outcome !== null) {
    // The attempt before this one may have died between recording the result and giving back the run's place.
    if (activityInfo().attempt > 1) await forget(deps, lookups.project, key, plan)
    return { outcome: standing.outcome }
  }
  // Queued ahead before the pause: only what has begun is in flight.
  if (standing.suiteStatus === 'paused' && standing.begunTry === 0) return { outcome: 'held' }
  const planned = await plan()
  try {
    const execution = (signal: AbortSignal) => execute(deps, lookups, planned, signal)
    return await withItsLane({ signal: cancellationSignal(), heartbeat }, holds.signalOf(lane), execution)
  } catch (error) {
    if (!isLostRun(error)) throw error
    // An attempt that was given up for lost may have gone on, stored the result and given the run's place back.
    const { outcome } = (await deps.store.results.standing(key)) ?? standing
    if (outcome !== null) return { outcome }
    throw await countFault(deps, planned, error)
  }
}

async function execute(
  deps: ActivityDeps,
  lookups: Lookups,
  planned: PlannedRun,
  signal: AbortSignal,
): Promise<RunOutcome> {
  const { key, spec } = planned
  // Before anything is adopted: without the values, what the run prints could not be masked.
  const masked = maskPatterns(Object.values(resolveSecrets(key.suite, spec.secretEnv, deps.secrets)))
  const output = new LiveOutput(deps.store.logs, { ...key, try: planned.try }, masked)
  const executor = await deps.executors.of(spec.executor)
  const completion = await executor.run(await requestOf(lookups.project, planned), {
    signal,
    heartbeat,
    onStarted: (_, node) => recordStart(deps, planned, node),
    onWaiting: waitingRecorder(deps, planned),
    onForensics: (bundle) => storeForensics(deps, planned, bundle, masked),
    onOutput: (chunk) => output.push(chunk),
  })
  await output.end()
  const { framework } = await lookups.project(spec, key.sha)
  const rules = await lookups.rules(spec, key.sha)
  const result = await recordCompletion(deps, planned, completion, { framework, rules, masked, heartbeat })
  noteActivity({ outcome: result.outcome })
  await completion.dispose()
  return { outcome: result.outcome }
}

/** The result is on record whatever comes of this. */
async function forget(
  deps: ActivityDeps,
  project: ProjectLookup,
  key: PlannedRun['key'],
  plan: () => Promise<PlannedRun>,
): Promise<void> {
  let planned: PlannedRun | undefined
  try {
    planned = await plan()
    const executor = await deps.executors.of(planned.spec.executor)
    await executor.forget(await requestOf(project, planned), { signal: cancellationSignal(), heartbeat })
  } catch (error) {
    const about = planned === undefined ? keyFields(key) : runFields(planned)
    deps.log.activities.warn({ ...about, err: error }, 'what a run has left stays until its lane ends')
  }
}

async function requestOf(
  project: ProjectLookup,
  { key, seed, spec, treeKey, try: nth }: PlannedRun,
): Promise<RunRequest> {
  const detected = await project(spec, key.sha)
  return {
    key,
    try: nth,
    cluster: spec.cluster,
    session: spec.session,
    template: detected.template,
    treeKey,
    command: commandOf(spec),
    workdir: spec.workdir,
    env: detected.environment(seed, key.attempt + spec.attemptBase, spec.env),
    secretEnv: spec.secretEnv,
    isolation: spec.isolation,
    limits: spec.limits,
    timeoutMs: spec.timeoutMs,
    graceMs: GRACE_MS,
    outputCapBytes: LIMITS.outputCapBytes,
    reports: reportGlobs(detected.template, spec.reports, detected.reports),
  }
}

function commandOf(spec: SuiteSpec) {
  if (spec.command === undefined) throw new CommitSuiteError('internal', `Suite ${spec.id} has no command.`)
  return spec.command
}
