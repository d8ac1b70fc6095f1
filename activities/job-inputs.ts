import { invalidInput, JOB_FILE, JOB_LIMITS, type SettledJob, type SuiteSpec } from '../src/contract/index.ts'
import type { ReadFile, SeedRange } from '../src/documents/flaky-detector/read.ts'
import type { DetectedProject } from '../src/frameworks/detect.ts'
import { drawSeeds, drawSeedsWithin } from '../src/stats/seeds.ts'

/** What the request left open is filled from the repository's file, else by defaults. */
export function settleInputs(spec: SuiteSpec, sha: string, file: ReadFile | undefined): SuiteSpec {
  const open = new Set(spec.job?.open)
  const settled: SuiteSpec = {
    ...spec,
    runs: open.has('runs') ? (file?.runs ?? JOB_LIMITS.runs.default) : spec.runs,
    parallelism: open.has('parallelism') ? (file?.parallelism ?? JOB_LIMITS.parallelism.default) : spec.parallelism,
    command: open.has('test_command') ? commandOf(file, sha) : spec.command,
  }
  return file?.auto_install_dependencies === false ? { ...settled, setup: null } : settled
}

function commandOf(file: ReadFile | undefined, sha: string) {
  if (file?.argv !== undefined) return { argv: file.argv }
  const place = file === undefined ? `${JOB_FILE}, which commit ${sha.slice(0, 12)} does not have` : JOB_FILE
  const rule = `is neither in the request (input.test_command) nor in ${place}`
  throw invalidInput('test_command', null, rule, 'Give it in one of the two.')
}

/** Seeds for the runs that the file may have changed; undefined where they were given one by one. */
export function settleSeeds({ seed, runs }: SuiteSpec, range: SeedRange | undefined): number[] | undefined {
  if (seed === null) return undefined
  if (range === undefined) return drawSeeds(seed, runs)
  const size = range.max - range.min + 1
  if (size >= runs) return drawSeedsWithin(seed, runs, range)
  const rule = `holds ${size} seeds, which is less than runs: ${runs}`
  throw invalidInput(`${JOB_FILE}: random_seed_range`, range, rule, undefined, 'config_invalid')
}

/** What else the file says, in our units. */
export function settleOptions(
  file: ReadFile | undefined,
  framework: string | null,
  python: boolean,
): Omit<SettledJob, 'warnings'> {
  const ms = (seconds: number) => seconds * 1000
  const { timeout, pip_install_timeout: install, max_error_length: length } = file ?? {}
  return {
    framework,
    ...(timeout === undefined ? {} : { deadlineMs: ms(timeout) }),
    ...(install === undefined || !python ? {} : { setupTimeoutMs: ms(install) }),
    saveFullOutput: file?.save_full_output ?? false,
    ...(length === undefined ? {} : { maxErrorLength: length }),
  }
}

const CLIENT_NAMES: Readonly<Record<string, string>> = {
  pytest: 'python',
  unittest: 'python',
  jest: 'typescript-jest',
  vitest: 'typescript-vitest',
  mocha: 'javascript-mocha',
}

/** The framework as clients of jobs name it; others by our own name, null where nothing was detected. */
export function frameworkName({ framework, template }: DetectedProject): string | null {
  if (framework !== null) return CLIENT_NAMES[framework] ?? framework
  return isPython(template) ? 'python' : null
}

export const isPython = ({ frameworks }: DetectedProject['template']): boolean => frameworks.includes('pytest')
