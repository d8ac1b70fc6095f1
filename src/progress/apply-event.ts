import { DEFAULT_CONFIDENCE } from '../contract/confidence.ts'
import type { SuiteEvent, SuiteEventData } from '../contract/events.ts'
import { isOpen } from '../contract/suite-status.ts'
import { tallyField } from '../contract/tally.ts'
import { countedCells, tallyCells } from './counted.ts'
import {
  CELL,
  type CommitProgress,
  cellName,
  finishedOf,
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
      startSuite(draft, event.data, commitOf)
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
    case 'commit.verdict': {
      const { sha, ...verdict } = event.data
      takeVerdict(draft, commitOf(sha), verdict)
      return
    }
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

/** At first, and again with every extension. */
function startSuite(
  draft: Draft,
  { repo, runs, parallelism, until, confidence: level = DEFAULT_CONFIDENCE }: SuiteEventData<'suite.started'>,
  commitOf: (sha: string) => CommitProgress,
): void {
  const reopened = !isOpen(draft.status)
  // One that is extended while it is paused stays so.
  if (draft.status !== 'paused') draft.status = 'running'
  const capped = until !== undefined
  Object.assign(draft, { repo, runsPerCommit: runs, parallelism, capped, level, failure: null })
  // How long it lay there says nothing about its pace.
  if (reopened) draft.recentEndsMs = []
  // The commits are on record before the suite starts: only now is it known how many runs they get.
  for (const sha of draft.commits.keys()) {
    const commit = commitOf(sha)
    reserve(commit, runs - 1)
    commit.setupFailure = null
    takeVerdict(draft, commit, null)
  }
}

/** Runs that a verdict leaves out were made in vain, until an extension takes them up again. */
function takeVerdict(draft: Draft, commit: CommitProgress, verdict: CommitProgress['verdict']): void {
  const recount = verdict?.evidence !== commit.verdict?.evidence
  commit.verdict = verdict
  if (!recount) return
  draft.finishedRuns -= finishedOf(commit.tally)
  commit.tally = tallyCells(countedCells(commit))
  draft.finishedRuns += finishedOf(commit.tally)
}

function takeStep(commit: CommitProgress, { step, message, warnings }: SuiteEventData<'environment.step'>): void {
  // Not a step that anything goes on from.
  if (step === 'warning') {
    commit.warnings = [...commit.warnings, ...(warnings ?? [])]
    return
  }
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
  commit.begun = Math.max(commit.begun, attempt + 1)
  if (commit.cells[attempt] === CELL.pending) commit.cells[attempt] = CELL.running
}

function finishRun(draft: Draft, commit: CommitProgress, event: Extract<SuiteEvent, { type: 'run.finished' }>): void {
  const { attempt, outcome } = event.data
  reserve(commit, attempt)
  commit.begun = Math.max(commit.begun, attempt + 1)
  const before = cellName(commit.cells[attempt] ?? CELL.pending)
  commit.cells[attempt] = CELL[outcome]
  if (attempt >= countedCells(commit).length) return
  commit.tally[tallyField(outcome)] += 1
  if (before === 'pending' || before === 'running') draft.finishedRuns += 1
  // A newer generation replaces the run that was an error or cancelled.
  else commit.tally[tallyField(before)] -= 1
  const endedAtMs = Date.parse(event.at)
  draft.firstRunAtMs ??= endedAtMs - event.data.durationMs
  draft.recentEndsMs.push(endedAtMs)
}
