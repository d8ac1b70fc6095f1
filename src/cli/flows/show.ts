import { createColors } from 'picocolors'
import { isOpen, type SuiteReport } from '../../contract/index.ts'
import { type CliContext, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { readProgress } from '../progress/read-progress.ts'
import { plainTable } from '../report/table.ts'
import { tellInterrupted } from '../site/tell-interrupted.ts'
import { withSite } from '../site/with-site.ts'
import { safeLine } from '../terminal-safe.ts'
import { printIsolation } from './follow-isolation.ts'
import { printAnswer } from './follow-search.ts'
import { isolationOf, requireSuite, searchOf } from './lookup.ts'
import { type Presentation, presentReport } from './present-report.ts'

export interface ShowFlags extends Presentation {
  results: boolean
}

function resultTable(context: CliContext, report: SuiteReport): string {
  const rows = report.commits.flatMap(({ results = [] }) =>
    results.map((run) => [
      run.id,
      String(run.seed),
      run.outcome,
      safeLine(run.reason ?? ''),
      run.signal ?? (run.exitCode === null ? '' : String(run.exitCode)),
      `${run.durationMs} ms`,
    ]),
  )
  const colors = createColors(wantsColor(context, context.stdout))
  return plainTable(['run', 'seed', 'outcome', 'reason', 'exit', 'took'], rows, colors)
}

/** Prints what is on record of a suite, a search or an isolation, whatever became of it. */
export async function showSuite(context: CliContext, id: string, flags: ShowFlags): Promise<ExitCode> {
  return await withSite(context, async (site) => {
    const search = await searchOf(site, id)
    if (search !== undefined) {
      await printAnswer(context, site, search.id, { json: flags.json, interrupted: false })
      if (isOpen(search.status)) await tellInterrupted(context, site)
      return EXIT.passing
    }
    const isolation = await isolationOf(site, id)
    if (isolation !== undefined) {
      await printIsolation(context, site, isolation.id, { json: flags.json, interrupted: false })
      if (isOpen(isolation.status)) await tellInterrupted(context, site)
      return EXIT.passing
    }
    const suite = await requireSuite(site, id)
    const needsResults = flags.results || !flags.json || flags.junit !== undefined || flags.output !== undefined
    const report = await site.report(suite.id, { results: needsResults })
    const temporal = (await site.temporal()) ?? null
    await presentReport(context, { report, site, state: await readProgress(site, id), temporal }, flags)
    if (flags.results && !flags.json) print(context, `\n${resultTable(context, report)}`)
    if (isOpen(suite.status)) await tellInterrupted(context, site)
    return EXIT.passing
  })
}
