import type { ReportedCommit, ReportedTest } from '../../contract/index.ts'
import { count, formatRate, plural } from '../format.ts'
import { failedTests, outsideFailures, standingOf, type ToldFailure, testNotes, toldFailures } from '../told-tests.ts'
import { plain } from './plain.ts'

const LISTED = 50
const HEAD = '| test | verdict | failures/runs | failure rate | severity | failures |\n|---|---|--:|--:|---|---|\n'

/** The tests of a commit that failed, and what to know of the others; empty where there is nothing. */
export function testsSection(commit: ReportedCommit): string {
  const { told, more } = failedTests(commit, LISTED)
  const rest = more === 0 ? '' : `\nand ${count(more)} more\n`
  const table = told.length === 0 ? '' : `\n${HEAD}${told.map(row).join('')}${rest}`
  const outside = outsideFailures(commit, LISTED).map((failure) => `- ${failureText(failure)}\n`)
  const notes = testNotes(commit).map((note) => `- ${plain(note)}\n`)
  const list = [...outside, ...notes]
  return list.length === 0 ? table : `${table}\n${list.join('')}`
}

function row(test: ReportedTest): string {
  const { id, failed, runs, severity, failures } = test
  const { told, more } = toldFailures(failures)
  const kinds = [...told.map(failureText), ...(more === 0 ? [] : [`and ${plural(more, 'other kind')}`])]
  return `| ${plain(id)} | **${plain(standingOf(test))}** | ${count(failed)}/${count(runs)} | ${plain(formatRate(test))} | ${severity} | ${kinds.join('<br>')} |\n`
}

const failureText = ({ runs, message, example }: ToldFailure): string =>
  `${count(runs)} × ${plain(message)} (\`${example}\`)`
