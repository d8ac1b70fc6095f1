import { readFile } from 'node:fs/promises'
import { cancellationSignal, heartbeat } from '@temporalio/activity'
import {
  type ArtifactRef,
  CommitSuiteError,
  type ErrorCode,
  formatRunId,
  LIMITS,
  type RunKey,
  type RunResult,
  type SuiteSpec,
} from '../src/contract/index.ts'
import type { RunCompletion } from '../src/executors/executor.ts'
import { resolveSecrets } from '../src/executors/resolve-secrets.ts'
import type { RunOutcome } from '../workflows/api.ts'
import type { Fault, RunReference } from './api.ts'
import { classify } from './classify.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { LiveOutput } from './live-output.ts'
import { maskBytes, maskCaptured, maskPatterns } from './mask-secrets.ts'
import { findSeed, suiteNotOnRecord } from './suite-lookup.ts'
import type { SuiteMemory } from './suite-memory.ts'

const GRACE_MS = 3000

/** The run itself went well and stays with its runner: it is stored again later, not executed again. */
const STORAGE_FAULTS: ReadonlySet<ErrorCode> = new Set(['artifact_store_failed', 'store_unavailable'])

interface PlannedRun {
  key: RunKey
  try: number
  seed: number
  spec: SuiteSpec
  treeKey: string
}

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
    if (!(error instanceof CommitSuiteError) || STORAGE_FAULTS.has(error.code)) throw error
    throw await countFault(deps, planned, error)
  }
}

async function execute(deps: ActivityDeps, project: ProjectLookup, planned: PlannedRun): Promise<RunOutcome> {
  const { key, seed, spec } = planned
  // Before anything is adopted: without the values, what the run prints could not be masked.
  const masked = maskPatterns(Object.values(resolveSecrets(key.suite, spec.secretEnv, deps.secrets)))
  const output = new LiveOutput(deps.store.logs, { ...key, try: planned.try }, masked)
  const detected = await project(spec, key.sha)
  const completion = await deps.executor.run(
    {
      key,
      try: planned.try,
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
      reports: spec.reports === undefined ? [] : [spec.reports],
    },
    {
      signal: cancellationSignal(),
      heartbeat,
      onStarted: () => recordStart(deps, planned),
      onOutput: (chunk) => output.push(chunk),
    },
  )
  await output.end()
  const artifacts = await storeArtifacts(deps, planned, completion, masked)
  const { result } = await deps.store.results.record(resultOf(planned, completion, artifacts))
  await completion.dispose()
  return { outcome: result.outcome }
}

function commandOf(spec: SuiteSpec) {
  if (spec.command === undefined) throw new CommitSuiteError('internal', `Suite ${spec.id} has no command.`)
  return spec.command
}

async function recordStart(deps: ActivityDeps, { key, seed, ...planned }: PlannedRun): Promise<void> {
  const run = formatRunId(key)
  await deps.store.events.append({
    suite: key.suite,
    type: 'run.started',
    subject: run,
    ordinal: planned.try,
    data: { sha: key.sha, run, attempt: key.attempt, seed, try: planned.try, node: deps.host.node },
  })
}

async function storeArtifacts(
  deps: ActivityDeps,
  { key, ...planned }: PlannedRun,
  completion: RunCompletion,
  masked: readonly Buffer[],
): Promise<ArtifactRef[]> {
  const { logs, artifacts } = deps.store
  const stored = [
    await logs.compact({ ...key, try: planned.try, stream: 'stdout' }, maskCaptured(masked, completion.stdout)),
    await logs.compact({ ...key, try: planned.try, stream: 'stderr' }, maskCaptured(masked, completion.stderr)),
  ]
  for (const { name: file, path } of completion.files) {
    const name = `reports/${file}`
    if (masked.length === 0) stored.push(await artifacts.putFile(key, name, path))
    else stored.push(await artifacts.putBytes(key, name, maskBytes(masked, await readFile(path))))
  }
  return stored.filter((artifact) => artifact !== null)
}

function resultOf(
  { key, seed, ...planned }: PlannedRun,
  completion: RunCompletion,
  artifacts: ArtifactRef[],
): RunResult {
  return {
    ...key,
    seed,
    ...classify(completion),
    exitCode: completion.exitCode,
    signal: completion.signal,
    startedAt: completion.startedAt.toISOString(),
    durationMs: Math.round(completion.durationMs),
    tries: planned.try,
    node: completion.node,
    artifacts,
  }
}

/** Puts the fault on record as a try; after the last one nothing is tried again. */
async function countFault(deps: ActivityDeps, planned: PlannedRun, error: CommitSuiteError): Promise<CommitSuiteError> {
  const { key, seed } = planned
  deps.log.activities.warn({ run: formatRunId(key), try: planned.try, err: error }, 'run lost to a fault')
  if (!error.retryable) return error
  const run = formatRunId(key)
  await deps.store.events.append({
    suite: key.suite,
    type: 'run.retried',
    subject: run,
    ordinal: planned.try,
    data: { sha: key.sha, run, attempt: key.attempt, seed, try: planned.try, fault: error.code },
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
    artifacts: [],
  })
  return { outcome: result.outcome }
}
