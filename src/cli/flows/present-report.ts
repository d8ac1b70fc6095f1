import { resolve } from 'node:path'
import { createColors } from 'picocolors'
import type { SuiteReport } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import { type CliContext, note, print, wantsColor } from '../context.ts'
import { splitFailure } from '../exit-codes.ts'
import type { SuiteProgress } from '../progress/state.ts'
import { setupFailures, whereToLook } from '../report/advice.ts'
import { junitXml } from '../report/junit.ts'
import { writeOutputFolder, writeReportFile } from '../report/output-folder.ts'
import { verdictTable } from '../report/table.ts'
import type { TemporalPlace } from '../services.ts'
import { safeLine, safeLines } from '../terminal-safe.ts'
import { formatSpan, plural } from '../text-format.ts'

export interface Presentation {
  json: boolean
  junit?: string | undefined
  output?: string | undefined
}

export interface Finished {
  report: SuiteReport
  store: Store
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
export function renderReport(context: CliContext, { report, state, temporal }: Omit<Finished, 'store'>): string {
  const { stdout } = context
  const colors = createColors(wantsColor(context, stdout))
  const parts = [headline(report)]
  if (report.commits.length > 0) parts.push('', verdictTable(report, stdout.columns || DEFAULT_COLUMNS, colors))
  const setup = state === null ? [] : setupFailures(state)
  if (setup.length > 0) parts.push('', ...setup)
  const advice = whereToLook(report, temporal)
  if (advice.length > 0) parts.push('', ...advice)
  return parts.join('\n')
}

/** Prints a report as asked for and writes the files asked for. */
export async function presentReport(context: CliContext, finished: Finished, flags: Presentation): Promise<void> {
  const { report, store } = finished
  if (report.failure !== undefined) note(context, `error: ${safeLines(splitFailure(report.failure).message)}`)
  if (flags.junit !== undefined) await writeReportFile(resolve(context.cwd, flags.junit), junitXml(report))
  if (flags.output !== undefined) await writeOutputFolder(resolve(context.cwd, flags.output), report, store)
  print(context, flags.json ? JSON.stringify(report) : renderReport(context, finished))
}
