/** Bounds of what is read of one report; `messageLength` in UTF-16 units. */
export const REPORT_LIMITS = {
  fileBytes: 20 * 1024 * 1024,
  tests: 200_000,
  /** Much more than is shown: what makes a failure distinct may stand behind a long path. */
  messageLength: 4_000,
  /** A longer name of a test is none that people wrote. */
  nameLength: 65_536,
} as const

export interface Unreadable {
  type: 'unreadable'
  why: string
}

const LONGEST_WHY = 200

/** A report that cannot be read, with the reason in one short line. */
export const unreadable = (why: unknown): Unreadable => ({
  type: 'unreadable',
  why: (why instanceof Error ? why.message : String(why)).replace(/\s+/g, ' ').trim().slice(0, LONGEST_WHY),
})

/** A test as one report shows it; one that began and did not end is in `order` only. */
export interface ReadTest {
  id: string
  outcome: 'passed' | 'failed' | 'skipped'
  /** Of a failed one, uncut; '' where the report gives none. */
  message: string
}

/** What one report says of a run's tests. */
export interface ReportedTests {
  type: 'tests'
  tests: ReadTest[]
  /** Failures that are no test's, by the name of what failed. */
  outsideTests: { name: string; message: string }[]
  /** Ids in the order in which the tests began; [] where the report does not tell it. */
  order: string[]
}

export type Reading = ReportedTests | { type: 'other' } | Unreadable

/** `classname::name`; the name alone where there is no class. */
export const testId = (classname: string, name: string): string =>
  classname === '' ? name : `${classname.trim()}::${name.trim()}`

/** Mocha lists a hook that fails as if it were a test. */
export const isMochaHook = (name: string): boolean => /"(?:before|after) (?:all|each)" hook/.test(name)

/** Separates the names of suites and tests within each other. */
export const WITHIN = ' > '
