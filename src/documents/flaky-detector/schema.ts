import { z } from 'zod'
import { boundedInteger, jobParallelismSchema, jobRunsSchema, LIMITS, testCommandSchema } from '../../contract/index.ts'
import { listOf, mappingRule, orDefault, patternSchema, thresholdsSchema } from '../file-values.ts'

const LONGEST_JOB_S = 7 * 24 * 3600
const LONGEST_INSTALL_S = 2 * 3600 - 60
const LONGEST_ERROR = 1_000_000

const seconds = (max: number) => orDefault(boundedInteger(1, max))
const flag = orDefault(z.boolean('must be true or false'))

const seed = orDefault(boundedInteger(1, LIMITS.largestSeed))

/** Every key of `.flaky-detector.yml`. */
export const flakyDetectorSchema = z.strictObject(
  {
    runs: orDefault(jobRunsSchema),
    parallelism: orDefault(jobParallelismSchema),
    timeout: seconds(LONGEST_JOB_S),
    test_command: orDefault(testCommandSchema),
    ignore_patterns: orDefault(listOf(patternSchema, 'globs')),
    severity_thresholds: orDefault(thresholdsSchema),
    auto_install_dependencies: flag,
    pip_install_timeout: seconds(LONGEST_INSTALL_S),
    save_full_output: flag,
    max_error_length: orDefault(boundedInteger(1, LONGEST_ERROR)),
    random_seed_range: orDefault(z.strictObject({ min: seed, max: seed }, mappingRule('min and max'))),
    /** Occur in real files; the runs of a suite are always cleaned up after. */
    cleanup_on_failure: flag,
    preserve_temp_dir: flag,
    auto_trigger_on_failure: flag,
    auto_trigger_runs: orDefault(jobRunsSchema),
    auto_trigger_parallelism: orDefault(jobParallelismSchema),
  },
  'must be a mapping of keys to values',
)
export type FlakyDetectorFile = z.output<typeof flakyDetectorSchema>
