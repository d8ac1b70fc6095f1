import type { SuiteReport } from '../../contract/index.ts'
import { isOpen, isolationWorkflowId, searchWorkflowId, suiteWorkflowId } from '../../contract/index.ts'
import type { SuiteProgress } from '../../progress/state.ts'
import { orderedCommits } from '../../progress/state.ts'
import { isFailure } from '../../report/failing-runs.ts'
import type { TemporalPlace } from '../services.ts'
import { safeLine, safeLines } from '../terminal-safe.ts'

/** Page of a suite in the Temporal Web UI. */
export const temporalLink = (ui: string, namespace: string, suite: string): string =>
  workflowLink(ui, namespace, suiteWorkflowId(suite))

function workflowLink(ui: string, namespace: string, workflow: string): string {
  const base = ui.replace(/\/+$/, '')
  return `${base}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflow)}`
}

/** Where a suite can be looked at in Temporal; undefined where there is no Web UI that we know of. */
export function temporalLine({ temporalUi, namespace }: TemporalPlace, suite: string): string | undefined {
  return temporalUi === null ? undefined : `Temporal: ${temporalLink(temporalUi, namespace, suite)}`
}

/** The same of a search. */
export function searchLine({ temporalUi, namespace }: TemporalPlace, search: string): string | undefined {
  return temporalUi === null ? undefined : `Temporal: ${workflowLink(temporalUi, namespace, searchWorkflowId(search))}`
}

/** The same of an isolation. */
export function isolationLine({ temporalUi, namespace }: TemporalPlace, isolation: string): string | undefined {
  const workflow = isolationWorkflowId(isolation)
  return temporalUi === null ? undefined : `Temporal: ${workflowLink(temporalUi, namespace, workflow)}`
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
  if (!isOpen(report.status) && report.commits.some(({ errors, cancelled }) => errors + cancelled > 0)) {
    lines.push(`Repeat:   commit-suite extend ${report.suite} --errors (runs that ended error or cancelled)`)
  }
  return lines
}
