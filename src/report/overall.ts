import type { SuiteReport, VerdictName } from '../contract/index.ts'

/** The worst first. */
const ORDER = ['failing', 'flaky', 'inconclusive', 'passing'] as const satisfies readonly VerdictName[]

type Judged = Pick<SuiteReport, 'status'> & { commits: readonly Pick<SuiteReport['commits'][number], 'verdict'>[] }

/** The worst verdict of a suite's commits; one that did not complete is at best inconclusive. */
export function overallVerdict({ status, commits }: Judged): VerdictName {
  const seen = new Set<VerdictName>(commits.map(({ verdict }) => verdict))
  if (status !== 'completed' || commits.length === 0) seen.add('inconclusive')
  return ORDER.find((verdict) => seen.has(verdict)) ?? 'inconclusive'
}
