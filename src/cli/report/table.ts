import Table from 'cli-table3'
import type { Colors } from 'picocolors/types.js'
import type { ReportedCommit, SuiteReport, VerdictName } from '../../contract/index.ts'
import { failedRuns, judgedRuns, outcomeKinds } from '../../report/failing-runs.ts'
import { count, formatRate } from '../../report/format.ts'
import { safeLine } from '../terminal-safe.ts'
import { cutToWidth } from '../text-format.ts'

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/** A table without borders: its head, then one line a row. */
export function plainTable(head: string[], rows: string[][], colors: Colors): string {
  const table = new Table({
    head: head.map((cell) => colors.dim(cell)),
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  table.push(...rows)
  const lines = table.toString().split('\n')
  return lines.map((line) => line.trimEnd()).join('\n')
}

export function paintVerdict(verdict: VerdictName, colors: Colors): string {
  switch (verdict) {
    case 'passing':
      return colors.green(verdict)
    case 'flaky':
      return colors.yellow(verdict)
    case 'failing':
      return colors.red(verdict)
    case 'inconclusive':
      return colors.magenta(verdict)
  }
}

interface Column {
  head: string
  /** Terminals narrower than this do without the column. */
  fromColumns: number
  cell: (commit: ReportedCommit, colors: Colors) => string
}

const subjectColumns = (columns: number): number => Math.max(10, Math.min(40, columns - 84))

function columnsFor(report: SuiteReport, columns: number): Column[] {
  const hasReason = report.commits.some(({ reason }) => reason !== null)
  const hasErrors = report.commits.some(({ errors }) => errors > 0)
  const all: Column[] = [
    { head: 'commit', fromColumns: 0, cell: ({ sha }, colors) => colors.yellow(sha.slice(0, 12)) },
    {
      head: 'subject',
      fromColumns: 84,
      cell: ({ subject }) => cutToWidth(safeLine(subject), subjectColumns(columns)),
    },
    { head: 'verdict', fromColumns: 0, cell: ({ verdict }, colors) => paintVerdict(verdict, colors) },
    {
      head: 'failures/runs',
      fromColumns: 50,
      cell: (commit) => `${count(failedRuns(commit))}/${count(judgedRuns(commit))}`,
    },
    { head: 'failure rate', fromColumns: 70, cell: (commit) => formatRate(commit) },
    { head: 'severity', fromColumns: 80, cell: ({ severity }) => severity },
  ]
  if (report.commits.some(({ stoppedEarly }) => stoppedEarly)) {
    const cell = ({ stoppedEarly, evidence }: ReportedCommit) => (stoppedEarly ? `${count(evidence ?? 0)} runs` : '')
    all.push({ head: 'stopped after', fromColumns: 60, cell })
  }
  if (hasErrors) all.push({ head: 'errors', fromColumns: 50, cell: ({ errors }) => count(errors) })
  if (hasReason) all.push({ head: 'reason', fromColumns: 50, cell: ({ reason }) => safeLine(reason ?? '') })
  return all.filter(({ fromColumns }) => columns >= fromColumns)
}

/** What the failures were, a line per commit where there is something to tell apart. */
export const outcomeLines = (report: SuiteReport): string[] =>
  report.commits.flatMap((commit) => {
    const kinds = outcomeKinds(commit)
    return kinds === '' ? [] : [`outcomes of ${commit.sha.slice(0, 12)}: ${kinds}`]
  })

/** A verdict per commit, in the order asked for. */
export function verdictTable(report: SuiteReport, columns: number, colors: Colors): string {
  const shown = columnsFor(report, columns)
  const rows = report.commits.map((commit) => shown.map(({ cell }) => cell(commit, colors)))
  return plainTable(
    shown.map(({ head }) => head),
    rows,
    colors,
  )
}
