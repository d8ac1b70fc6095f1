import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { CommitSuiteError, LIMITS, type SuiteSpec } from '../src/contract/index.ts'
import { resolveSecrets } from '../src/executors/resolve-secrets.ts'
import { reportGlobs } from '../src/frameworks/report-globs.ts'
import type { RunOutcome } from '../workflows/api.ts'
import type { RunReference } from './api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { LiveOutput } from './live-output.ts'
import { storeForensics } from './lost-tries.ts'
import { maskPatterns } from './mask-secrets.ts'
import type { PlannedRun } from './planned-run.ts'
import { recordCompletion, recordStart } from './record-run.ts'
import { countFault, isLostRun } from './run-faults.ts'
import { suiteNotOnRecord } from './suite-lookup.ts'
import type { SuiteMemory } from './suite-memory.ts'
import { waitingRecorder } from './waiting-run.ts'

const GRACE_MS = 3000

/**
 * One run to its recorded result: returns the one on record, else starts or adopts the run, streams its
 * output, waits, stores what it left and records. Faults of the infrastructure count as tries and are thrown,
 * retryable until the tries are used up.
 */
export async function runSeed(
  deps: ActivityDeps,
  { project, memory }: { project: ProjectLookup; memory: SuiteMemory },
  { treeKey, ...key }: RunReference,
): Promise<RunOutcome> {
  const standing = await deps.store.results.standing(key)
  if (standing === undefined) throw suiteNotOnRecord(key.suite)
  if (standing.outcome !== null) return { outcome: standing.outcome }
  // Queued ahead before the pause: only what has begun is in flight.
  if (standing.suiteStatus === 'paused' && standing.begunTry === 0) return { outcome: 'held' }
  const [spec, seed] = await Promise.all([
    memory.spec(key.suite, standing.suiteCreatedAt),
    memory.seed(key.suite, standing.suiteCreatedAt, key.attempt),
  ])
  const planned: PlannedRun = { key, try: standing.failedTries + 1, seed, spec, treeKey }
  try {
    return await execute(deps, project, planned)
  } catch (error) {
    throw isLostRun(error) ? await countFault(deps, planned, error) : error
  }
}

async function execute(deps: ActivityDeps, project: ProjectLookup, planned: PlannedRun): Promise<RunOutcome> {
  const { key, seed, spec } = planned
  // Before anything is adopted: without the values, what the run prints could not be masked.
  const masked = maskPatterns(Object.values(resolveSecrets(key.suite, spec.secretEnv, deps.secrets)))
  const output = new LiveOutput(deps.store.logs, { ...key, try: planned.try }, masked)
  const detected = await project(spec, key.sha)
  const executor = await deps.executors.of(spec.executor)
  const completion = await executor.run(
    {
      key,
      try: planned.try,
      cluster: spec.cluster,
      session: spec.session,
      template: detected.template,
      treeKey: planned.treeKey,
      command: commandOf(spec),
      workdir: spec.workdir,
      env: detected.environment(seed, key.attempt + spec.attemptBase, spec.env),
      secretEnv: spec.secretEnv,
      isolation: spec.isolation,
      limits: spec.limits,
      timeoutMs: spec.timeoutMs,
      graceMs: GRACE_MS,
      outputCapBytes: LIMITS.outputCapBytes,
      reports: reportGlobs(detected.template, spec.reports),
    },
    {
      signal: cancellationSignal(),
      heartbeat,
      onStarted: (_, node) => recordStart(deps, planned, node),
      onWaiting: waitingRecorder(deps, planned),
      onForensics: (bundle) => storeForensics(deps, planned, bundle, masked),
      onOutput: (chunk) => output.push(chunk),
    },
  )
  await output.end()
  const result = await recordCompletion(deps, planned, completion, masked)
  await completion.dispose()
  return { outcome: result.outcome }
}

function commandOf(spec: SuiteSpec) {
  if (spec.command === undefined) throw new CommitSuiteError('internal', `Suite ${spec.id} has no command.`)
  return spec.command
}
