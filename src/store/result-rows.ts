import type { Selectable } from 'kysely'
import { z } from 'zod'
import { artifactRefSchema, formatRunId, type NewSuiteEvent, type RunResult } from '../contract/index.ts'
import type { ResultTable, ResultTestColumns } from './schema.ts'

const artifactsSchema = z.array(artifactRefSchema)

/** The row of a result, without `superseded`, which depends on the other rows, and what its reports say of tests. */
export function resultRow(result: RunResult): Omit<ResultTable, 'superseded' | keyof ResultTestColumns> {
  return {
    suite: result.suite,
    sha: result.sha,
    attempt: result.attempt,
    generation: result.generation,
    seed: result.seed,
    outcome: result.outcome,
    reason: result.reason,
    exit_code: result.exitCode,
    signal: result.signal,
    started_at: result.startedAt,
    duration_ms: result.durationMs,
    tries: result.tries,
    node: result.node,
    artifacts: JSON.stringify(result.artifacts),
  }
}

export function resultOf(row: Selectable<ResultTable>): RunResult {
  return {
    suite: row.suite,
    sha: row.sha,
    attempt: row.attempt,
    generation: row.generation,
    seed: row.seed,
    outcome: row.outcome,
    reason: row.reason,
    exitCode: row.exit_code,
    signal: row.signal,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    tries: row.tries,
    node: row.node,
    artifacts: artifactsSchema.parse(JSON.parse(row.artifacts)),
  }
}

/** The event that goes with a result; a run has one per generation. */
export function finishedEvent(result: RunResult): Extract<NewSuiteEvent, { type: 'run.finished' }> {
  const run = formatRunId(result)
  return {
    suite: result.suite,
    type: 'run.finished',
    subject: run,
    ordinal: 0,
    data: {
      sha: result.sha,
      run,
      attempt: result.attempt,
      seed: result.seed,
      outcome: result.outcome,
      reason: result.reason,
      exitCode: result.exitCode,
      durationMs: result.durationMs,
      tries: result.tries,
    },
  }
}
