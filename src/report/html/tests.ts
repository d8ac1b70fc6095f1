import type { ReportedCommit, ReportedTest } from '../../contract/index.ts'
import { count, formatRate, plural } from '../format.ts'
import { failedTests, outsideFailures, standingOf, type ToldFailure, testNotes, toldFailures } from '../told-tests.ts'
import { text } from './text.ts'

const LISTED = 50
const HEAD =
  '<thead><tr><th>test</th><th>verdict</th><th>failures/runs</th><th>failure rate</th><th>severity</th><th>failures</th></tr></thead>'

/** The tests of a commit that failed, and what to know of the others; empty where there is nothing. */
export function testsSection(commit: ReportedCommit): string {
  const { told, more } = failedTests(commit, LISTED)
  const rest = more === 0 ? '' : `<p>and ${count(more)} more</p>\n`
  const rows = told.map(row).join('')
  const table = told.length === 0 ? '' : `<table>${HEAD}<tbody>\n${rows}</tbody></table>\n${rest}`
  const outside = outsideFailures(commit, LISTED).map((failure) => `<li>${failureText(failure)}</li>`)
  const notes = testNotes(commit).map((note) => `<li>${text(note)}</li>`)
  const list = [...outside, ...notes]
  return list.length === 0 ? table : `${table}<ul>${list.join('')}</ul>\n`
}

function row(test: ReportedTest): string {
  const { id, verdict, failed, runs, severity, failures } = test
  const { told, more } = toldFailures(failures)
  const kinds = [...told.map(failureText), ...(more === 0 ? [] : [`and ${plural(more, 'other kind')}`])]
  return `<tr><td><code>${text(id)}</code></td><td class="${verdict}">${standingOf(test)}</td><td class="number">${count(failed)}/${count(runs)}</td><td class="number">${text(formatRate(test))}</td><td>${severity}</td><td>${kinds.join('<br>')}</td></tr>\n`
}

const failureText = ({ runs, message, example }: ToldFailure): string =>
  `${count(runs)} × ${text(message)} (<code>${text(example)}</code>)`
