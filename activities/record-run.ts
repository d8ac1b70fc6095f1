import { readFile } from 'node:fs/promises'
import { type ArtifactRef, formatRunId, type RunResult } from '../src/contract/index.ts'
import type { TestRules } from '../src/documents/test-rules.ts'
import type { RunCompletion } from '../src/executors/executor.ts'
import type { ActivityDeps } from './deps.ts'
import { allForensics } from './lost-tries.ts'
import { maskBytes, maskCaptured } from './mask-secrets.ts'
import type { PlannedRun } from './planned-run.ts'
import { concludeRun, type Ending } from './run-ending.ts'
import { type ReadingTests, readTests } from './run-tests.ts'

/** Puts the beginning of a try on record; an adopted run has it there already. */
export async function recordStart(
  deps: ActivityDeps,
  { key, seed, ...planned }: PlannedRun,
  node = deps.host.node,
): Promise<void> {
  const run = formatRunId(key)
  await deps.store.events.append({
    suite: key.suite,
    type: 'run.started',
    subject: run,
    ordinal: planned.try,
    data: { sha: key.sha, run, attempt: key.attempt, seed, try: planned.try, node },
  })
}

/** Stores what the run left, masked, and then its result with what it says of tests: the first result of a run stays. */
export async function recordCompletion(
  deps: ActivityDeps,
  planned: PlannedRun,
  completion: RunCompletion,
  reading: ReadingTests & { rules: TestRules },
): Promise<RunResult> {
  const { masked } = reading
  const tests = await readTests(deps, planned, completion, reading)
  const ending = await concludeRun(deps, planned, completion, { ...reading, tests })
  const artifacts = [
    ...(await storeArtifacts(deps, planned, completion, masked)),
    ...(await allForensics(deps, planned.key, planned.try - 1)),
  ]
  return (await deps.store.results.record(resultOf(planned, completion, ending, artifacts), tests)).result
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
  ending: Ending,
  artifacts: ArtifactRef[],
): RunResult {
  return {
    ...key,
    seed,
    ...ending,
    exitCode: completion.exitCode,
    signal: completion.signal,
    startedAt: completion.startedAt.toISOString(),
    durationMs: Math.round(completion.durationMs),
    tries: planned.try,
    node: completion.node,
    artifacts,
  }
}
