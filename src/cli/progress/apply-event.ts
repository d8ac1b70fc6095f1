import { type SuiteEvent, type SuiteEventData, tallyField, verdictSchema } from '../../contract/index.ts'
import {
  CELL,
  type CommitProgress,
  cellName,
  initialCommit,
  RECENT_ENDS,
  type Retries,
  type SuiteProgress,
} from './state.ts'

/** The state after one more event; the state before stays as it was. */
export const applyEvent = (state: SuiteProgress, event: SuiteEvent): SuiteProgress => applyEvents(state, [event])

/**
 * The state after some more events, in order. Events at or before the cursor change nothing. Each commit that the
 * events touch is copied once, so a page of events costs one copy and not one per event.
 */
export function applyEvents(state: SuiteProgress, events: readonly SuiteEvent[]): SuiteProgress {
  const fresh = events.filter(({ seq }) => seq > state.seq)
  if (fresh.length === 0) return state
  const draft: Draft = {
    ...state,
    commits: new Map(state.commits),
    recentEndsMs: [...state.recentEndsMs],
    waiting: new Map(state.waiting),
    retries: new Map(state.retries),
  }
  const copied = new Set<string>()
  const commitOf = (sha: string): CommitProgress => {
    const known = draft.commits.get(sha) ?? initialCommit(sha, draft.commits.size, draft.runsPerCommit)
    if (copied.has(sha)) return known
    const copy = { ...known, cells: known.cells.slice(), tally: { ...known.tally } }
    copied.add(sha)
    draft.commits.set(sha, copy)
    return copy
  }
  for (const event of fresh) {
    draft.seq = event.seq
    step(draft, event, commitOf)
  }
  draft.recentEndsMs = draft.recentEndsMs.slice(-RECENT_ENDS)
  return draft
}

type Draft = SuiteProgress & {
  commits: Map<string, CommitProgress>
  recentEndsMs: number[]
  waiting: Map<string, string>
  retries: Map<string, Retries>
}

function step(draft: Draft, event: SuiteEvent, commitOf: (sha: string) => CommitProgress): void {
  switch (event.type) {
    case 'suite.started':
      draft.status = 'running'
      draft.repo = event.data.repo
      draft.runsPerCommit = event.data.runs
      draft.parallelism = event.data.parallelism
      // The commits are on record before the suite starts: only now is it known how many runs they get.
      for (const sha of draft.commits.keys()) reserve(commitOf(sha), event.data.runs - 1)
      return
    case 'commit.resolved':
      Object.assign(commitOf(event.data.sha), { position: event.data.position, subject: event.data.subject })
      return
    case 'environment.step':
      takeStep(commitOf(event.data.sha), event.data)
      return
    case 'run.started':
      draft.firstRunAtMs ??= Date.parse(event.at)
      draft.waiting.delete(event.data.run)
      markRunning(commitOf(event.data.sha), event.data.attempt)
      return
    case 'run.waiting':
      draft.waiting.set(event.data.run, event.data.reason)
      return
    case 'run.retried':
      draft.waiting.delete(event.data.run)
      countRetry(draft, event.data)
      return
    case 'run.finished':
      draft.waiting.delete(event.data.run)
      finishRun(draft, commitOf(event.data.sha), event)
      return
    case 'commit.verdict':
      commitOf(event.data.sha).verdict = verdictSchema.parse(event.data)
      return
    case 'suite.paused':
      draft.status = 'paused'
      return
    case 'suite.resumed':
      draft.status = 'running'
      return
    case 'suite.finished':
      draft.status = event.data.status
      draft.failure = event.data.failure ?? null
      draft.waiting.clear()
      return
  }
}

function takeStep(commit: CommitProgress, { step, message, warnings }: SuiteEventData<'environment.step'>): void {
  commit.step = { name: step, message }
  if (warnings !== undefined) commit.warnings = warnings
  if (step === 'failed') commit.setupFailure = message
}

function countRetry({ retries }: Draft, { fault, message = '' }: SuiteEventData<'run.retried'>): void {
  retries.set(fault, { times: (retries.get(fault)?.times ?? 0) + 1, message })
}

/** Makes room for an attempt beyond those asked for at first. */
function reserve(commit: CommitProgress, attempt: number): void {
  if (attempt < commit.cells.length) return
  const larger = new Uint8Array(attempt + 1)
  larger.set(commit.cells)
  commit.cells = larger
}

/** A repetition may start after its end was recorded (a zombie); what is finished stays finished. */
function markRunning(commit: CommitProgress, attempt: number): void {
  reserve(commit, attempt)
  if (commit.cells[attempt] === CELL.pending) commit.cells[attempt] = CELL.running
}

function finishRun(draft: Draft, commit: CommitProgress, event: Extract<SuiteEvent, { type: 'run.finished' }>): void {
  const { attempt, outcome } = event.data
  reserve(commit, attempt)
  const before = cellName(commit.cells[attempt] ?? CELL.pending)
  commit.cells[attempt] = CELL[outcome]
  commit.tally[tallyField(outcome)] += 1
  if (before === 'pending' || before === 'running') draft.finishedRuns += 1
  // A newer generation replaces the run that was an error or cancelled.
  else commit.tally[tallyField(before)] -= 1
  const endedAtMs = Date.parse(event.at)
  draft.firstRunAtMs ??= endedAtMs - event.data.durationMs
  draft.recentEndsMs.push(endedAtMs)
}
