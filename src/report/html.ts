import { createHash } from 'node:crypto'
import type { ReportedCommit, SuiteReport } from '../contract/index.ts'
import { failedRuns, judgedRuns, namedFailures, outcomeKinds } from './failing-runs.ts'
import { count, formatRate, formatSpan, stopText } from './format.ts'
import { testsSection } from './html/tests.ts'
import { text } from './html/text.ts'

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
code { font-family: ui-monospace, monospace; font-size: .92em }
.passing { color: #1a7f37 } .flaky { color: #9a6700 } .failing { color: #cf222e } .inconclusive { color: #8250df }
@media (prefers-color-scheme: dark) {
  .passing { color: #3fb950 } .flaky { color: #d29922 } .failing { color: #f85149 } .inconclusive { color: #a371f7 }
}`

/** Lets the page have its own style and nothing else, whatever a repository put into its texts. */
export const REPORT_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

function row(commit: ReportedCommit): string {
  const { sha, subject, verdict, severity, reason } = commit
  const why = [stopText(commit), text(reason ?? '')].filter((part) => part !== '').map((part) => `, ${part}`)
  const kinds = outcomeKinds(commit)
  const runs = `${count(failedRuns(commit))}/${count(judgedRuns(commit))}${kinds === '' ? '' : ` (${kinds})`}`
  return `<tr><td><code>${sha.slice(0, 12)}</code></td><td>${text(subject)}</td><td class="${verdict}">${verdict}${why.join('')}</td><td class="number">${runs}</td><td class="number">${text(formatRate(commit))}</td><td>${severity}</td></tr>\n`
}

/** Of a commit of which there is more to say than its row. */
function section(commit: ReportedCommit): string {
  const told = `${testsSection(commit)}${failures(commit)}`
  return told === '' ? '' : `<h2><code>${commit.sha.slice(0, 12)}</code> ${text(commit.subject)}</h2>\n${told}`
}

function failures(commit: ReportedCommit): string {
  const { named, more } = namedFailures(commit)
  if (named.length === 0) return ''
  const items = named.map(
    ({ id, outcome, seed }) =>
      `<li>${outcome}, seed ${seed}: <code>commit-suite replay ${id}</code>, <code>commit-suite logs ${id}</code></li>`,
  )
  const rest = more === 0 ? '' : `<li>and ${count(more)} more</li>`
  return `<ul>${items.join('')}${rest}</ul>\n`
}

/** The report as one page that needs nothing else, in pieces. */
export async function* htmlPieces(
  { suite, status, repo, durationMs, failure }: Omit<SuiteReport, 'commits'>,
  commits: AsyncIterable<ReportedCommit>,
): AsyncGenerator<string> {
  yield `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${suite}</title><style>${STYLE}</style></head>\n<body><h1>${suite}: ${status}</h1>\n<p>${text(repo)}, ${formatSpan(durationMs)}</p>\n`
  if (failure !== undefined) yield `<p role="alert">${text(failure)}</p>\n`
  yield '<table><thead><tr><th>commit</th><th>subject</th><th>verdict</th><th>failures/runs</th><th>failure rate</th><th>severity</th></tr></thead><tbody>\n'
  const below: string[] = []
  for await (const commit of commits) {
    yield row(commit)
    below.push(section(commit))
  }
  yield '</tbody></table>\n'
  yield* below
  yield '</body></html>\n'
}
