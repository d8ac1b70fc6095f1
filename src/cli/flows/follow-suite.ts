import { setTimeout as sleep } from 'node:timers/promises'
import { CommitSuiteError } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import type { SuiteControl } from '../../temporal/suites.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.ts'
import { applyEvents } from '../progress/apply-event.ts'
import { openDisplay, silentDisplay } from '../progress/display.ts'
import { followEvents } from '../progress/follow.ts'
import { initialProgress, type SuiteProgress } from '../progress/state.ts'
import { temporalLine } from '../report/advice.ts'
import type { StackLease } from '../services.ts'
import type { Interruption } from './interruption.ts'
import { type Presentation, presentReport } from './present-report.ts'

export interface FollowTarget {
  store: Store
  control: SuiteControl
  lease: StackLease
  suite: string
  interruption: Interruption
}

export interface FollowFlags extends Presentation {
  /** With `json`: every event as one line before the report. */
  follow: boolean
}

const POLL_MS = 50

/** Waits until a suite that was only just asked for is on record; the reason where it was refused instead. */
export async function untilOnRecord(
  store: Store,
  control: SuiteControl,
  suite: string,
): Promise<CommitSuiteError | undefined> {
  while ((await store.suites.get(suite)) === undefined) {
    const refusal = await control.failureOf(suite)
    if (refusal !== undefined) return refusal
    await sleep(POLL_MS)
  }
  return undefined
}

/** Cancels a suite as soon as that is possible; what was refused or has ended meanwhile needs no cancelling. */
export async function cancelOnceKnown(store: Store, control: SuiteControl, suite: string): Promise<void> {
  if ((await untilOnRecord(store, control, suite)) !== undefined) return
  try {
    await control.cancel(suite)
  } catch (error) {
    if (!(error instanceof CommitSuiteError && error.code === 'suite_not_running')) throw error
  }
}

/** Shows a suite until it ends or the user leaves, prints what came of it and returns the exit code. */
export async function followSuite(context: CliContext, target: FollowTarget, flags: FollowFlags): Promise<ExitCode> {
  const { store, control, suite, lease, interruption } = target
  let state: SuiteProgress = initialProgress(suite)
  const link = temporalLine(lease, suite)
  if (link !== undefined) note(context, link)
  const display = flags.json && flags.follow ? silentDisplay : await openDisplay(context, state)
  const detached = new AbortController()
  interruption.attach({
    cancel: () => cancelOnceKnown(store, control, suite),
    detach: () => detached.abort(),
    beforeQuestion: () => display.pause(),
    afterQuestion: () => display.unpause(),
  })
  try {
    const assertAlive = async (): Promise<void> => {
      const failure = await control.failureOf(suite)
      if (failure !== undefined) throw failure
    }
    for await (const events of followEvents(store, suite, { signal: detached.signal, assertAlive })) {
      state = applyEvents(state, events)
      display.update(state)
      if (flags.json && flags.follow) for (const event of events) print(context, JSON.stringify(event))
    }
  } finally {
    display.stop()
    interruption.stop()
  }
  if (detached.signal.aborted) {
    note(context, `${suite} goes on; follow it with: commit-suite watch ${suite}`)
    return EXIT.interrupted
  }
  const report = await context.services.readReport(store, suite, { results: true })
  await presentReport(context, { report, store, state, temporal: lease }, flags)
  return exitCodeOf(report, interruption)
}
