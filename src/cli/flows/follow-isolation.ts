import { CommitSuiteError } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode, exitCodeOfIsolation, splitFailure } from '../exit-codes.ts'
import { questionLine, startedLine } from '../progress/isolation-lines.ts'
import { isolationLine } from '../report/advice.ts'
import { renderIsolation } from '../report/isolation-answer.ts'
import type { IsolationSteering, Site, Stack } from '../site/site.ts'
import { safeLines } from '../terminal-safe.ts'
import type { Interruption } from './interruption.ts'

export interface IsolationTarget {
  site: Site
  stack: Stack
  isolation: string
  interruption: Interruption
}

export interface IsolationFollowFlags {
  json: boolean
  /** With `json`: every event as one line before the answer. */
  follow: boolean
}

/** Cancels an isolation as soon as that is possible; what was refused or has ended meanwhile needs no cancelling. */
async function cancelOnceKnown(isolations: IsolationSteering, isolation: string): Promise<void> {
  if ((await isolations.untilOnRecord(isolation)) !== undefined) return
  try {
    await isolations.cancel(isolation)
  } catch (error) {
    if (!(error instanceof CommitSuiteError && error.code === 'isolation_not_running')) throw error
  }
}

/** Shows an isolation, a line per question, until it ends or the user leaves; prints its answer and returns the exit code. */
export async function followIsolation(
  context: CliContext,
  { site, stack, isolation, interruption }: IsolationTarget,
  flags: IsolationFollowFlags,
): Promise<ExitCode> {
  const { isolations } = stack.control
  const link = isolationLine(stack.temporal, isolation)
  if (link !== undefined) note(context, link)
  const detached = new AbortController()
  interruption.attach({
    cancel: () => cancelOnceKnown(isolations, isolation),
    detach: () => detached.abort(),
    beforeQuestion() {},
    afterQuestion() {},
  })
  const assertAlive = async (): Promise<void> => {
    const failure = await isolations.failureOf(isolation)
    if (failure !== undefined) throw failure
  }
  try {
    for await (const events of site.isolations.follow(isolation, { signal: detached.signal, assertAlive })) {
      for (const event of events) {
        if (flags.json && flags.follow) print(context, JSON.stringify(event))
        else if (event.type === 'isolation.started') note(context, startedLine(event.data))
        else if (event.type === 'isolation.question') note(context, questionLine(event.data))
      }
    }
  } finally {
    interruption.stop()
  }
  if (detached.signal.aborted) {
    note(context, `${isolation} goes on; follow it with: commit-suite watch ${isolation}`)
    return EXIT.interrupted
  }
  return await printIsolation(context, site, isolation, { ...flags, interrupted: interruption.interrupted })
}

/** Prints what is on record of an isolation and returns the exit code for it. */
export async function printIsolation(
  context: CliContext,
  { isolations }: Pick<Site, 'isolations'>,
  isolation: string,
  { json, interrupted }: { json: boolean; interrupted: boolean },
): Promise<ExitCode> {
  const report = await isolations.report(isolation)
  if (report.failure !== undefined) note(context, `error: ${safeLines(splitFailure(report.failure).message)}`)
  print(context, json ? JSON.stringify(report) : renderIsolation(context, report))
  return exitCodeOfIsolation(report, { interrupted })
}
