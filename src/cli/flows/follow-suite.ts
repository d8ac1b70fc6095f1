import { CommitSuiteError } from '../../contract/index.ts'
import { applyEvents } from '../../progress/apply-event.ts'
import { initialProgress, type SuiteProgress } from '../../progress/state.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.ts'
import { openDisplay, silentDisplay } from '../progress/display.ts'
import { temporalLine } from '../report/advice.ts'
import { tellGithub } from '../report/github.ts'
import type { Control, Site, Stack } from '../site/site.ts'
import type { Interruption } from './interruption.ts'
import { type Presentation, presentReport } from './present-report.ts'
import { untilNotified } from './until-notified.ts'

export interface FollowTarget {
  site: Site
  stack: Stack
  suite: string
  interruption: Interruption
  /** What has been seen of the suite before; its events are not shown again. */
  seen?: SuiteProgress
}

export interface FollowFlags extends Presentation {
  /** With `json`: every event as one line before the report. */
  follow: boolean
  /** Annotations, step summary and outputs for GitHub Actions besides. */
  github?: boolean
}

/** Cancels a suite as soon as that is possible; what was refused or has ended meanwhile needs no cancelling. */
export async function cancelOnceKnown(control: Control, suite: string): Promise<void> {
  if ((await control.untilOnRecord(suite)) !== undefined) return
  try {
    await control.cancel(suite)
  } catch (error) {
    if (!(error instanceof CommitSuiteError && error.code === 'suite_not_running')) throw error
  }
}

/** Shows a suite until it ends or the user leaves, prints what came of it and returns the exit code. */
export async function followSuite(context: CliContext, target: FollowTarget, flags: FollowFlags): Promise<ExitCode> {
  const { site, suite, interruption } = target
  const { control, temporal } = target.stack
  let state: SuiteProgress = target.seen ?? initialProgress(suite)
  const link = temporalLine(temporal, suite)
  if (link !== undefined) note(context, link)
  const display = flags.json && flags.follow ? silentDisplay : await openDisplay(context, state)
  const detached = new AbortController()
  interruption.attach({
    cancel: () => cancelOnceKnown(control, suite),
    detach: () => detached.abort(),
    beforeQuestion: () => display.pause(),
    afterQuestion: () => display.unpause(),
  })
  try {
    const assertAlive = async (): Promise<void> => {
      const failure = await control.failureOf(suite)
      if (failure !== undefined) throw failure
    }
    for await (const events of site.follow(suite, { after: state.seq, signal: detached.signal, assertAlive })) {
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
  const report = await site.report(suite, { results: true })
  await presentReport(context, { report, site, state, temporal }, flags)
  if (flags.github === true) await tellGithub(context, report, context.stderr)
  await untilNotified(context, site, suite)
  return exitCodeOf(report, interruption)
}
