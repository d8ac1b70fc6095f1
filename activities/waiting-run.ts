import { formatRunId } from '../src/contract/index.ts'
import type { ActivityDeps } from './deps.ts'
import type { PlannedRun } from './planned-run.ts'

/** Ordinals of a try: its reasons to wait are numbered from 1, so that a try after a crash repeats those on record. */
const REASONS_PER_TRY = 1000

/** Puts each change of what a try waits for on record. */
export function waitingRecorder({ store }: ActivityDeps, { key, seed, ...planned }: PlannedRun) {
  const run = formatRunId(key)
  let last: string | undefined
  let reasons = 0
  return async (reason: string): Promise<void> => {
    if (reason === last || reasons === REASONS_PER_TRY - 1) return
    last = reason
    reasons += 1
    await store.events.append({
      suite: key.suite,
      type: 'run.waiting',
      subject: run,
      ordinal: planned.try * REASONS_PER_TRY + reasons,
      data: { sha: key.sha, run, attempt: key.attempt, seed, try: planned.try, reason },
    })
  }
}
