import { resolve } from 'node:path'
import { createColors } from 'picocolors'
import type { SuiteReport } from '../../contract/index.ts'
import type { SuiteProgress } from '../../progress/state.ts'
import { formatSpan, plural } from '../../report/format.ts'
import { junitXml } from '../../report/junit.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { splitFailure } from '../exit-codes.ts'
import { setupFailures, whereToLook } from '../report/advice.ts'
import { writeOutputFolder, writeReportFile } from '../report/output-folder.ts'
import { outcomeLines, verdictTable } from '../report/table.ts'
import { testLines } from '../report/tests.ts'
import type { TemporalPlace } from '../services.ts'
import type { Site } from '../site/site.ts'
import { safeLine, safeLines } from '../terminal-safe.ts'

export interface Presentation {
  json: boolean
  junit?: string | undefined
  output?: string | undefined
}

export interface Finished {
  report: SuiteReport
  site: Site
  state: SuiteProgress | null
  temporal: TemporalPlace | null
}

const DEFAULT_COLUMNS = 100

/** `s-… completed: 400 runs of 4 commits in 1 m 21 s` */
function headline(report: SuiteReport): string {
  const runs = report.commits.reduce((sum, commit) => sum + commit.runs, 0)
  const took = formatSpan(report.durationMs)
  return `${report.suite} ${report.status}: ${plural(runs, 'run')} of ${plural(report.commits.length, 'commit')} in ${took} (${safeLine(report.repo)})`
}

/** The table for people, with what to do next below it. */
export function renderReport(context: CliContext, { report, state, temporal }: Omit<Finished, 'site'>): string {
  const { stdout } = context
  const colors = createColors(wantsColor(context, stdout))
  const parts = [headline(report)]
  const columns = stdout.columns || DEFAULT_COLUMNS
  if (report.commits.length > 0) parts.push('', verdictTable(report, columns, colors))
  const outcomes = outcomeLines(report)
  if (outcomes.length > 0) parts.push('', ...outcomes)
  parts.push(...testLines(report, columns, colors))
  const setup = state === null ? [] : setupFailures(state)
  if (setup.length > 0) parts.push('', ...setup)
  const advice = whereToLook(report, temporal)
  if (advice.length > 0) parts.push('', ...advice)
  return parts.join('\n')
}

/** Prints a report as asked for and writes the files asked for. */
export async function presentReport(context: CliContext, finished: Finished, flags: Presentation): Promise<void> {
  const { report, site } = finished
  if (report.failure !== undefined) note(context, `error: ${safeLines(splitFailure(report.failure).message)}`)
  if (flags.junit !== undefined) await writeReportFile(resolve(context.cwd, flags.junit), junitXml(report))
  if (flags.output !== undefined) await writeOutputFolder(resolve(context.cwd, flags.output), report, site)
  print(context, flags.json ? JSON.stringify(report) : renderReport(context, finished))
}
