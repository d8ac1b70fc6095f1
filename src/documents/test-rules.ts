import { JOB_FILE, type SeverityThresholds } from '../contract/index.ts'
import { DEFAULT_SEVERITY_THRESHOLDS } from '../stats/severity.ts'
import { PROJECT_FILES } from './commit-suite-file/names.ts'
import { readTestedKeys } from './commit-suite-file/read.ts'
import type { QuarantineEntry, TestedKeys } from './commit-suite-file/schema.ts'
import type { GivenThresholds } from './file-values.ts'
import { type FlakyDetectorRules, readFlakyDetectorRules } from './flaky-detector/read.ts'
import { tooLarge } from './tested-file.ts'

/** What a commit says of its own tests, by globs over their names. */
export interface TestRules {
  /** Such tests do not count. */
  ignore: string[]
  /** Such tests are run and reported, and are no failure of the commit. */
  quarantine: string[]
  /** Undefined where the commit leaves the default. */
  severity: SeverityThresholds | undefined
  /** For people: what of the files has no effect, and why. */
  warnings: string[]
}

/** The files of a commit, read without running it; a file that is too large is one that exists and cannot be read. */
interface CommitFiles {
  read(path: string): Promise<string | undefined>
  exists(path: string): Promise<boolean>
}

/**
 * Reads the rules of a commit from its `.commit-suite.yml` and, where that is silent, from its `.flaky-detector.yml`.
 *
 * @param day such as 2026-01-31: what was to stay in quarantine until an earlier one counts again
 * @throws CommitSuiteError `config_invalid` naming file, line, key, value and rule of the first bad value
 */
export async function readTestRules(files: CommitFiles, day: string): Promise<TestRules> {
  const [own, other] = await Promise.all([readProjectFile(files), readJobRules(files)])
  const { held, ended } = inForce(own.quarantine ?? [], day)
  const severity = thresholds(own.severity, other.severity_thresholds)
  return {
    ignore: own.ignore ?? other.ignore_patterns ?? [],
    quarantine: held.map(({ test }) => test),
    severity,
    warnings: [...own.warnings, ...ended.map(endedWarning), ...other.warnings],
  }
}

async function readProjectFile(files: CommitFiles): Promise<Partial<TestedKeys> & { warnings: string[] }> {
  for (const name of PROJECT_FILES) {
    const text = await readText(files, name)
    if (text !== undefined) return readTestedKeys(text, name)
  }
  return { warnings: [] }
}

async function readJobRules(files: CommitFiles): Promise<Partial<FlakyDetectorRules> & { warnings: string[] }> {
  const text = await readText(files, JOB_FILE)
  return text === undefined ? { warnings: [] } : readFlakyDetectorRules(text)
}

async function readText(files: CommitFiles, name: string): Promise<string | undefined> {
  const text = await files.read(name)
  if (text === undefined && (await files.exists(name))) throw tooLarge(name)
  return text
}

/** Dates of one form: their order is that of the text. */
function inForce(entries: readonly QuarantineEntry[], day: string) {
  const isOver = ({ until }: QuarantineEntry): boolean => until !== undefined && until < day
  return { held: entries.filter((entry) => !isOver(entry)), ended: entries.filter(isOver) }
}

const endedWarning = ({ test, until }: QuarantineEntry): string =>
  `The quarantine of ${test} ended on ${until}: its failures count again.`

/** Each threshold from the first that gives it; undefined where neither gives any. */
function thresholds(...given: (GivenThresholds | undefined)[]): SeverityThresholds | undefined {
  if (given.every((one) => one === undefined)) return undefined
  const of = (key: keyof SeverityThresholds): number =>
    given.map((one) => one?.[key]).find((rate) => rate !== undefined) ?? DEFAULT_SEVERITY_THRESHOLDS[key]
  return { critical: of('critical'), high: of('high'), medium: of('medium'), low: of('low') }
}
