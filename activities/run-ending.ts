import { formatRunId, type Outcome, type RunTests, type SuiteSpec } from '../src/contract/index.ts'
import type { TestRules } from '../src/documents/test-rules.ts'
import type { RunCompletion } from '../src/executors/executor.ts'
import { judgeReports } from '../src/frameworks/reports/judge-reports.ts'
import { type MarksAnswer, markTests } from '../src/frameworks/reports/mark-tests.ts'
import { byFailingTest } from '../src/frameworks/reports/pytest-report.ts'
import { classify } from './classify.ts'
import type { ActivityDeps } from './deps.ts'
import { recordStep } from './environment-steps.ts'
import type { PlannedRun } from './planned-run.ts'
import { namesTests } from './rules-lookup.ts'

const HEARTBEAT_MS = 1000

export interface Ending {
  outcome: Outcome
  reason: string | null
}

interface Judged {
  ending: Ending
  /** In words, why the rules of the commit for its tests had no effect on this run. */
  withoutEffect?: string
}

/** What a run said of its tests, and which of them the rules of its commit concern. */
export interface JudgedTests {
  tests: RunTests | undefined
  marks: MarksAnswer | { why: string }
}

interface Reported {
  rules: TestRules
  tests: RunTests | undefined
  /** Called about once a second while reports are read. */
  heartbeat: () => void
}

/** How a run ended by the rules of its commit. Which tests they concern, and where they cannot help, goes on record. */
export async function concludeRun(
  deps: ActivityDeps,
  { key, spec }: Pick<PlannedRun, 'key' | 'spec'>,
  completion: RunCompletion,
  { rules, tests, heartbeat }: Reported,
): Promise<Ending> {
  if (!namesTests(rules)) return classify(completion)
  const beating = setInterval(heartbeat, HEARTBEAT_MS)
  try {
    const ids = [...(tests?.ran ?? []), ...(tests?.skipped ?? [])]
    const marks = await markTests({ ids, ...rules })
    if (!('why' in marks)) await deps.store.rules.mark(key.suite, key.sha, marks)
    const { ending, withoutEffect } = await endingOf(spec, completion, rules, { tests, marks })
    if (withoutEffect !== undefined) await warn(deps, key, withoutEffect)
    return ending
  } finally {
    clearInterval(beating)
  }
}

/** Once for a commit: what one run lacks, nearly always all of them lack. */
async function warn(deps: ActivityDeps, key: PlannedRun['key'], why: string): Promise<void> {
  const message = `The quarantine and ignored tests of the commit have no effect on run ${formatRunId(key)}, because ${why}.`
  await recordStep(deps, key, 'warning', message, { warnings: [message] })
}

/**
 * How a run ended. One that failed by ordinary exit has passed, as `only_ignored` or `only_quarantined`, where its
 * reports hold failing tests and the commit ignores every one of them or has it in quarantine.
 */
export async function endingOf(
  spec: Pick<SuiteSpec, 'command'>,
  completion: RunCompletion,
  rules: TestRules,
  judged: JudgedTests,
): Promise<Judged> {
  const ending = classify(completion)
  if (!namesTests(rules) || !isOrdinaryFailure(ending, spec, completion)) return { ending }
  const failures = await judgeFailures(completion, rules, judged)
  if (failures.type === 'unknown') return { ending, withoutEffect: failures.why }
  if (failures.failing === 0 || failures.other > 0) return { ending }
  return { ending: { outcome: 'passed', reason: failures.quarantined > 0 ? 'only_quarantined' : 'only_ignored' } }
}

const isOrdinaryFailure = (
  { outcome, reason }: Ending,
  { command }: Pick<SuiteSpec, 'command'>,
  { exitCode }: RunCompletion,
): boolean => outcome === 'failed' && reason === null && exitCode !== null && byFailingTest(command, exitCode)

type Failures =
  | { type: 'known'; failing: number; quarantined: number; other: number }
  | { type: 'unknown'; why: string }

/** JUnit reports count failures that they do not name, so that they are asked first. */
async function judgeFailures(completion: RunCompletion, rules: TestRules, judged: JudgedTests): Promise<Failures> {
  const files = completion.files.filter(({ name }) => name.toLowerCase().endsWith('.xml'))
  const { reports, unreadable, ...counts } = await judgeReports({
    files: files.map(({ name, path }) => ({ name, path })),
    patterns: rules.ignore,
    quarantine: rules.quarantine,
  })
  const [first] = unreadable
  if (first !== undefined) return { type: 'unknown', why: `${first.name} cannot be read: ${first.why}` }
  if (reports > 0) return { type: 'known', ...counts, other: counts.notIgnored }
  return judgeTests(judged)
}

function judgeTests({ tests, marks }: JudgedTests): Failures {
  if (tests === undefined) return { type: 'unknown', why: 'it left no report of its tests' }
  const [first] = tests.unreadable
  if (first !== undefined) return { type: 'unknown', why: `${first.name} cannot be read: ${first.why}` }
  if ('why' in marks) return { type: 'unknown', why: marks.why }
  const failing = [...tests.failed.map(({ id }) => id), ...tests.failedBeyond]
  const [ignored, quarantined] = [new Set(marks.ignored), new Set(marks.quarantined)]
  const held = failing.filter((id) => quarantined.has(id)).length
  const other = failing.filter((id) => !quarantined.has(id) && !ignored.has(id)).length
  return { type: 'known', failing: failing.length, quarantined: held, other: other + tests.outsideTests.length }
}
