import type { ReportedCommit, ReportedTest, SuiteReport } from '../../contract/index.ts'
import { failedRuns, judgedRuns } from '../failing-runs.ts'
import { count, formatRate, plural } from '../format.ts'
import { workflowCommand } from './workflow-command.ts'

/** GitHub shows that many of a kind for a step and drops the others without a word. */
const SHOWN = 10

interface Annotation {
  kind: 'error' | 'warning'
  title: string
  message: string
}

/** What is wrong with a suite as lines that GitHub Actions shows as annotations: errors for failing, warnings for flaky. */
export function annotations(report: SuiteReport): string[] {
  const all = [...ofSuite(report), ...report.commits.flatMap(ofCommit)]
  const kinds = (['error', 'warning'] as const).map((kind) => all.filter((annotation) => annotation.kind === kind))
  return kinds.flatMap(bounded).map(({ kind, title, message }) => workflowCommand(kind, title, message))
}

function ofSuite({ suite, status, failure }: SuiteReport): Annotation[] {
  if (status === 'failed')
    return [{ kind: 'error', title: `${suite} failed`, message: failure ?? 'no reason is known' }]
  if (status === 'cancelled')
    return [{ kind: 'warning', title: `${suite} was cancelled`, message: 'Not all runs were made.' }]
  return []
}

function ofCommit(commit: ReportedCommit): Annotation[] {
  const { sha, subject, verdict, reason, results = [], tests = [] } = commit
  if (verdict === 'passing') return []
  const name = `${sha.slice(0, 12)} ${subject}`
  const kind = verdict === 'failing' ? 'error' : 'warning'
  const example = results.find(({ outcome }) => outcome !== 'passed')
  const why = reason === null ? '' : ` (${reason})`
  const rate = `${count(failedRuns(commit))} of ${plural(judgedRuns(commit), 'run')} failed, ${formatRate(commit)}`
  const message = `${rate}${why}${example === undefined ? '' : `\n${example.replay}`}`
  return [{ kind, title: `${name}: ${verdict}`, message }, ...tests.flatMap((test) => ofTest(sha, test))]
}

function ofTest(sha: string, test: ReportedTest): Annotation[] {
  const { id, verdict, failed, runs, ignored, quarantined, failures } = test
  if (ignored === true || quarantined === true || (verdict !== 'failing' && verdict !== 'flaky')) return []
  const [first] = failures
  const kind = first === undefined ? '' : `\n${first.message}\ncommit-suite replay ${first.example}`
  const message = `failed in ${count(failed)} of ${plural(runs, 'run')} at ${sha.slice(0, 12)}, ${formatRate(test)}${kind}`
  return [{ kind: verdict === 'failing' ? 'error' : 'warning', title: `${id}: ${verdict}`, message }]
}

/** The last of those that are shown says how many are not. */
function bounded(all: Annotation[]): Annotation[] {
  const [first] = all
  if (all.length <= SHOWN || first === undefined) return all
  const shown = all.slice(0, SHOWN - 1)
  const message = `The step summary and commit-suite report have them all.`
  return [...shown, { kind: first.kind, title: `and ${count(all.length - shown.length)} more`, message }]
}
