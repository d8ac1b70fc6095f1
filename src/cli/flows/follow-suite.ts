import type { Store } from '../../store/store.ts'
import type { SuiteControl } from '../../temporal/suites.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.ts'
import { applyEvents } from '../progress/apply-event.ts'
import { openDisplay, silentDisplay } from '../progress/display.ts'
import { followEvents } from '../progress/follow.ts'
import { initialProgress, type SuiteProgress } from '../progress/state.ts'
import type { StackLease } from '../services.ts'
import { handleInterruption } from './interruption.ts'
import { type Presentation, presentReport } from './present-report.ts'

export interface FollowTarget {
  store: Store
  control: SuiteControl
  lease: StackLease
  suite: string
}

export interface FollowFlags extends Presentation {
  /** With `json`: every event as one line before the report. */
  follow: boolean
}

/** Shows a suite until it ends or the user leaves, prints what came of it and returns the exit code. */
export async function followSuite(context: CliContext, target: FollowTarget, flags: FollowFlags): Promise<ExitCode> {
  const { store, control, suite } = target
  let state: SuiteProgress = initialProgress(suite)
  const display = flags.json && flags.follow ? silentDisplay : await openDisplay(context, state)
  const detached = new AbortController()
  const interruption = handleInterruption(context, {
    cancel: () => control.cancel(suite),
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
  await presentReport(context, { report, store, state, temporal: target.lease }, flags)
  return exitCodeOf(report, interruption)
}
