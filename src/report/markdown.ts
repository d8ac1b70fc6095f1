import type { ReportedCommit, SuiteReport } from '../contract/index.ts'
import { failedRuns, judgedRuns, namedFailures, outcomeKinds } from './failing-runs.ts'
import { count, formatRate, formatSpan, stopText } from './format.ts'
import { plain } from './markdown/plain.ts'
import { testsSection } from './markdown/tests.ts'

const row = (commit: ReportedCommit): string => {
  const { sha, subject, verdict, severity, reason } = commit
  const kinds = outcomeKinds(commit)
  const runs = `${count(failedRuns(commit))}/${count(judgedRuns(commit))}${kinds === '' ? '' : ` (${kinds})`}`
  const why = [stopText(commit), plain(reason ?? '')].filter((part) => part !== '').map((part) => `, ${part}`)
  return `| \`${sha.slice(0, 12)}\` | ${plain(subject)} | **${verdict}**${why.join('')} | ${runs} | ${plain(formatRate(commit))} | ${severity} |\n`
}

/** Of a commit of which there is more to say than its row. */
function section(commit: ReportedCommit): string {
  const told = `${testsSection(commit)}${failures(commit)}`
  return told === '' ? '' : `\n### \`${commit.sha.slice(0, 12)}\`\n${told}`
}

function failures(commit: ReportedCommit): string {
  const { named, more } = namedFailures(commit)
  if (named.length === 0) return ''
  const lines = named.map(({ id, outcome, seed, reason }) => {
    const why = reason === null ? '' : ` (${plain(reason)})`
    return `- \`${id}\` ${outcome}${why}, seed ${seed}: \`commit-suite replay ${id}\`\n`
  })
  return `\n${lines.join('')}${more === 0 ? '' : `- and ${count(more)} more\n`}`
}

/** The report as Markdown, in pieces: the table first, then the failing tests and runs of each commit. */
export async function* markdownPieces(
  { suite, status, repo, durationMs, failure }: Omit<SuiteReport, 'commits'>,
  commits: AsyncIterable<ReportedCommit>,
): AsyncGenerator<string> {
  yield `# ${suite}: ${status}\n\n${plain(repo)}, ${formatSpan(durationMs)}\n\n`
  if (failure !== undefined) yield `${plain(failure)}\n\n`
  yield '| commit | subject | verdict | failures/runs | failure rate | severity |\n|---|---|---|--:|--:|---|\n'
  const below: string[] = []
  for await (const commit of commits) {
    yield row(commit)
    below.push(section(commit))
  }
  yield* below
}
