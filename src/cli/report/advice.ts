import type { ReportedRun, SuiteReport } from '../../contract/index.ts'
import { suiteWorkflowId } from '../../contract/index.ts'
import type { SuiteProgress } from '../progress/state.ts'
import { orderedCommits } from '../progress/state.ts'
import type { TemporalPlace } from '../services.ts'
import { safeLine, safeLines } from '../terminal-safe.ts'

const FAILURES = new Set<ReportedRun['outcome']>(['failed', 'timed_out', 'crashed'])
export const isFailure = (run: ReportedRun): boolean => FAILURES.has(run.outcome)

/** Page of a suite in the Temporal Web UI. */
export function temporalLink(ui: string, namespace: string, suite: string): string {
  const base = ui.replace(/\/+$/, '')
  return `${base}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(suiteWorkflowId(suite))}`
}

/** Where a suite can be looked at in Temporal; undefined where there is no Web UI that we know of. */
export function temporalLine({ temporalUi, namespace }: TemporalPlace, suite: string): string | undefined {
  return temporalUi === null ? undefined : `Temporal: ${temporalLink(temporalUi, namespace, suite)}`
}

const UNTIL_WHEN = '          (the link works while a command or commit-suite serve runs)'

const SETUP_LINES = 20

/** The end of the output of each set-up that failed; readers with a cursor find it in the events. */
export function setupFailures(state: SuiteProgress): string[] {
  return orderedCommits(state).flatMap(({ sha, setupFailure }) => {
    if (setupFailure === null) return []
    const lines = safeLines(setupFailure.trimEnd()).split('\n')
    const cut = lines.length > SETUP_LINES ? ['  …'] : []
    const shown = lines.slice(-SETUP_LINES).map((line) => `  ${line}`)
    return [`set-up of ${sha.slice(0, 12)} failed:`, ...cut, ...shown]
  })
}

/** The set-up needed a secret that the worker did not have. */
const lacksSecret = ({ reason }: SuiteReport['commits'][number]): boolean => reason === 'secret_not_set'

/** Where to look next: the Web UI, the log and the replay of one failing run. */
export function whereToLook(report: SuiteReport, temporal: TemporalPlace | null): string[] {
  const lines: string[] = []
  const link = temporal === null ? undefined : temporalLine(temporal, report.suite)
  if (link !== undefined) lines.push(link, UNTIL_WHEN)
  const runs = report.commits.flatMap(({ results = [] }) => results)
  if (runs.some(({ reason }) => reason === 'secret_not_set') || report.commits.some(lacksSecret)) {
    lines.push(
      'Secrets:  values are kept in memory only, and a restart forgot them; after a crash go on with',
      `          commit-suite watch ${report.suite} in an environment that has them`,
    )
  }
  const failing = runs.find(isFailure)
  if (failing !== undefined) {
    lines.push(`Output:   commit-suite logs ${failing.id}`)
    lines.push(`Replay:   ${safeLine(failing.replay)}`)
  }
  return lines
}
