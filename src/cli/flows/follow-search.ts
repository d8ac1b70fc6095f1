import { CommitSuiteError } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode, exitCodeOfSearch, splitFailure } from '../exit-codes.ts'
import { openSearchDisplay, silentSearchDisplay } from '../progress/search-display.ts'
import { searchLine } from '../report/advice.ts'
import { renderSearch } from '../report/search-answer.ts'
import type { SearchSteering, Site, Stack } from '../site/site.ts'
import { safeLines } from '../terminal-safe.ts'
import type { Interruption } from './interruption.ts'

export interface SearchTarget {
  site: Site
  stack: Stack
  search: string
  interruption: Interruption
}

export interface SearchFollowFlags {
  json: boolean
  /** With `json`: every event as one line before the answer. */
  follow: boolean
}

/** Cancels a search as soon as that is possible; what was refused or has ended meanwhile needs no cancelling. */
async function cancelOnceKnown(searches: SearchSteering, search: string): Promise<void> {
  if ((await searches.untilOnRecord(search)) !== undefined) return
  try {
    await searches.cancel(search)
  } catch (error) {
    if (!(error instanceof CommitSuiteError && error.code === 'search_not_running')) throw error
  }
}

/** Shows a search until it ends or the user leaves, prints its answer and returns the exit code. */
export async function followSearch(
  context: CliContext,
  { site, stack, search, interruption }: SearchTarget,
  flags: SearchFollowFlags,
): Promise<ExitCode> {
  const { searches } = stack.control
  const link = searchLine(stack.temporal, search)
  if (link !== undefined) note(context, link)
  const lines = flags.json && flags.follow
  const display = lines ? silentSearchDisplay : await openSearchDisplay(context)
  const detached = new AbortController()
  interruption.attach({
    cancel: () => cancelOnceKnown(searches, search),
    detach: () => detached.abort(),
    beforeQuestion: () => display.pause(),
    afterQuestion: () => display.unpause(),
  })
  const assertAlive = async (): Promise<void> => {
    const failure = await searches.failureOf(search)
    if (failure !== undefined) throw failure
  }
  try {
    for await (const events of site.searches.follow(search, { signal: detached.signal, assertAlive })) {
      for (const event of events) {
        display.show(event)
        if (lines) print(context, JSON.stringify(event))
      }
    }
  } finally {
    display.stop()
    interruption.stop()
  }
  if (detached.signal.aborted) {
    note(context, `${search} goes on; follow it with: commit-suite watch ${search}`)
    return EXIT.interrupted
  }
  return await printAnswer(context, site, search, { ...flags, interrupted: interruption.interrupted })
}

/** Prints what is on record of a search and returns the exit code for it. */
export async function printAnswer(
  context: CliContext,
  { searches }: Pick<Site, 'searches'>,
  search: string,
  { json, interrupted }: { json: boolean; interrupted: boolean },
): Promise<ExitCode> {
  const report = await searches.report(search)
  if (report.failure !== undefined) note(context, `error: ${safeLines(splitFailure(report.failure).message)}`)
  print(context, json ? JSON.stringify(report) : renderSearch(context, report))
  return exitCodeOfSearch(report, { interrupted })
}
