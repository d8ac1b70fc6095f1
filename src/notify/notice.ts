import type { ReportedCommit, SuiteReport, VerdictName } from '../contract/index.ts'
import { plural } from '../report/format.ts'
import { overallVerdict } from '../report/overall.ts'
import { DeliveryFault } from './fault.ts'
import type { Target } from './schema.ts'

/** The end of a suite, as targets are told of it. */
export interface Notice {
  /** Name of the target. */
  target: string
  /** Without single runs, of each commit some of its tests. */
  report: SuiteReport
  /** The suite's page; undefined where no dashboard is configured. */
  link: string | undefined
  /** The same at every try. */
  delivery: string
}

/** Where it stands now, or why it does not. */
export interface Delivered {
  status: 'sent' | 'skipped'
  detail: string
}

/** What deliveries need besides; secrets are looked up when they are needed. */
export interface DeliveryDeps {
  secretOf(name: string): string
  signal: AbortSignal
}

/** An address that is a secret itself; the message of its fault does not show it. */
export function secretUrl(name: string, { secretOf }: Pick<DeliveryDeps, 'secretOf'>): string {
  const url = secretOf(name)
  const { protocol = '', username = '' } = URL.parse(url) ?? {}
  if (/^https?:$/.test(protocol) && username === '') return url
  throw new DeliveryFault(`${name} holds no http or https URL without a user`, { retry: false })
}

/** Whether a target wants to be told of such an end. */
export function isWanted({ on }: Target, { status, commits }: SuiteReport): boolean {
  const holds = new Set<string>(['always', status, ...commits.map(({ verdict }) => verdict)])
  return on.some((condition) => holds.has(condition))
}

/** `flaky: 3 commits, 1 flaky, 2 passing`, without a text of any repository. */
export function headline({ status, commits }: SuiteReport): string {
  const verdict = status === 'completed' ? overallVerdict({ status, commits }) : status
  const kinds = (['failing', 'flaky', 'inconclusive', 'passing'] as const satisfies VerdictName[])
    .map((name) => ({ name, commits: commits.filter((commit: ReportedCommit) => commit.verdict === name).length }))
    .filter((kind) => kind.commits > 0)
  return [
    `${verdict}: ${plural(commits.length, 'commit')}`,
    ...kinds.map((kind) => `${kind.commits} ${kind.name}`),
  ].join(', ')
}
