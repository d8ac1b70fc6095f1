import {
  ERRORS,
  type ErrorCode,
  type IsolationReport,
  isOpen,
  type SearchReport,
  type SuiteReport,
} from '../contract/index.ts'

/** Exit codes of the contract. */
export const EXIT = { passing: 0, failing: 1, usage: 2, inconclusive: 3, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Which code wins where several apply: the first of these. */
const ORDER: readonly ExitCode[] = [EXIT.interrupted, EXIT.usage, EXIT.failing, EXIT.inconclusive, EXIT.passing]

/** The first that applies among several codes; `passing` where there is none. */
export function firstThatApplies(codes: Iterable<ExitCode>): ExitCode {
  const given = new Set(codes)
  return ORDER.find((code) => given.has(code)) ?? EXIT.passing
}

const isErrorCode = (word: string): word is ErrorCode => Object.hasOwn(ERRORS, word)

/** Splits the recorded failure of a suite, `<code>: <message>`; failures without a code are `internal`. */
export function splitFailure(failure: string): { code: ErrorCode; message: string } {
  const [, word = '', message = ''] = /^([a-z_]+): (.*)$/s.exec(failure) ?? []
  return isErrorCode(word) ? { code: word, message } : { code: 'internal', message: failure }
}

type Judged = Pick<SuiteReport, 'status' | 'failure'> & {
  commits: Pick<SuiteReport['commits'][number], 'verdict' | 'errors'>[]
}

/**
 * The exit code of a suite that was followed: 130 interrupted (a cancelled suite is one), 2 wrong input, 1 some
 * commit flaky or failing, 3 inconclusive or an infrastructure fault (a run whose outcome is `error` is one),
 * 0 every commit passing; the first that applies.
 */
export function exitCodeOf(report: Judged, how: { interrupted: boolean } = { interrupted: false }): ExitCode {
  if (how.interrupted || report.status === 'cancelled') return EXIT.interrupted
  if (report.status === 'failed' && ERRORS[splitFailure(report.failure ?? '').code].exit === EXIT.usage) {
    return EXIT.usage
  }
  if (report.commits.some(({ verdict }) => verdict === 'flaky' || verdict === 'failing')) return EXIT.failing
  const unsure =
    report.status === 'failed' ||
    isOpen(report.status) ||
    report.commits.length === 0 ||
    report.commits.some(({ verdict, errors }) => verdict === 'inconclusive' || errors > 0)
  return unsure ? EXIT.inconclusive : EXIT.passing
}

/** The same of an isolation: 0 where it says what the test depends on, or that it depends on nothing. */
export const exitCodeOfIsolation = (
  report: Pick<IsolationReport, 'status' | 'failure' | 'answer'>,
  how: { interrupted: boolean } = { interrupted: false },
): ExitCode => exitCodeOfAnswer(report, how)

/** The same of a search: 0 where it found a culprit or that there is none. */
export const exitCodeOfSearch = (
  report: Pick<SearchReport, 'status' | 'failure' | 'answer'>,
  how: { interrupted: boolean } = { interrupted: false },
): ExitCode => exitCodeOfAnswer(report, how)

function exitCodeOfAnswer(
  { status, failure, answer }: { status: string; failure?: string | undefined; answer: string | null },
  how: { interrupted: boolean },
): ExitCode {
  if (how.interrupted || status === 'cancelled') return EXIT.interrupted
  if (status === 'failed' && ERRORS[splitFailure(failure ?? '').code].exit === EXIT.usage) return EXIT.usage
  return status === 'completed' && answer !== 'not-enough-evidence' ? EXIT.passing : EXIT.inconclusive
}
