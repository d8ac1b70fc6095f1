import { posix } from 'node:path'

/**
 * Names of the reports that we ask test runners for, in the working directory of the runner: nothing else that a run
 * writes is taken for them.
 */
export const REQUESTED = {
  junit: 'commit-suite-junit.xml',
  tap: 'commit-suite.tap',
  jest: 'commit-suite-jest.json',
} as const

const NAMES: ReadonlySet<string> = new Set(Object.values(REQUESTED))

/** The runner may have been called in a folder below the working directory of the run. */
export const REQUESTED_GLOBS: readonly string[] = Object.values(REQUESTED).map((name) => `**/${name}`)

export const isRequested = (path: string): boolean => NAMES.has(posix.basename(path))
