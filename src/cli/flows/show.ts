import { createColors } from 'picocolors'
import { isOpen, type SuiteReport } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import { type CliContext, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { applyEvents } from '../progress/apply-event.ts'
import { initialProgress, type SuiteProgress } from '../progress/state.ts'
import { plainTable } from '../report/table.ts'
import { safeLine } from '../terminal-safe.ts'
import { requireSuite } from './lookup.ts'
import { type Presentation, presentReport } from './present-report.ts'
import { tellInterrupted, withStore } from './stack.ts'

export interface ShowFlags extends Presentation {
  results: boolean
}

const PAGE = 1_000

async function readProgress(store: Store, suite: string): Promise<SuiteProgress> {
  let state = initialProgress(suite)
  for (;;) {
    const events = await store.events.read(suite, state.seq, PAGE)
    state = applyEvents(state, events)
    if (events.length < PAGE) return state
  }
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

/** Prints what is on record of a suite, whatever became of it. */
export async function showSuite(context: CliContext, id: string, flags: ShowFlags): Promise<ExitCode> {
  return await withStore(context, async (store, config) => {
    const suite = await requireSuite(store, id)
    const needsResults = flags.results || !flags.json || flags.junit !== undefined || flags.output !== undefined
    const report = await context.services.readReport(store, suite.id, { results: needsResults })
    const temporal = (await context.services.findStack(config)) ?? null
    await presentReport(context, { report, store, state: await readProgress(store, id), temporal }, flags)
    if (flags.results && !flags.json) print(context, `\n${resultTable(context, report)}`)
    if (isOpen(suite.status)) await tellInterrupted(context, store, config)
    return EXIT.passing
  })
}
