import { paceOf } from '../../progress/pace.ts'
import { failuresOf, orderedCommits, type SuiteProgress } from '../../progress/state.ts'
import { count, plural, verdictText } from '../../report/format.ts'
import { safeLine } from '../terminal-safe.ts'
import { paceText } from './matrix.ts'

/** The whole suite in one line, for logs of build servers. */
export function plainLine(state: SuiteProgress, nowMs: number): string {
  let failed = 0
  let errors = 0
  for (const { tally } of state.commits.values()) {
    failed += failuresOf(tally)
    errors += tally.errors
  }
  const status = state.status === 'running' ? '' : ` (${state.status})`
  const faults = errors === 0 ? '' : `, ${plural(errors, 'error')}`
  return `${state.suite}${status}: ${paceText(paceOf(state, nowMs))}, ${count(failed)} failed${faults}`
}

/** Steps that people wait for. */
const LABELS: Record<string, string> = { setup: 'set-up', waiting: 'set-up waits' }

/** Lines about what is new since an earlier state: set-up steps worth waiting for, warnings and verdicts. */
export function plainNews(before: SuiteProgress, now: SuiteProgress): string[] {
  const lines: string[] = []
  for (const commit of orderedCommits(now)) {
    const old = before.commits.get(commit.sha)
    const name = `${commit.sha.slice(0, 12)} ${safeLine(commit.subject)}`
    const { step, verdict } = commit
    const label = step === null ? undefined : LABELS[step.name]
    if (step !== null && label !== undefined && step !== old?.step) {
      lines.push(`${name}: ${label}: ${firstLine(step.message)}`)
    }
    // Not the step: the release of the environment may have followed it before anybody looked.
    if (commit.setupFailure !== null && commit.setupFailure !== (old?.setupFailure ?? null)) {
      lines.push(`${name}: set-up failed: ${firstLine(commit.setupFailure)}`)
    }
    for (const warning of commit.warnings) {
      if (old?.warnings.includes(warning) !== true) lines.push(`${name}: warning: ${safeLine(warning)}`)
    }
    if (verdict !== null && verdict !== old?.verdict) {
      lines.push(`${name}: ${verdictText(verdict)}`)
    }
  }
  return lines
}

function firstLine(message: string): string {
  const [first = ''] = message.split('\n', 1)
  return safeLine(first)
}
