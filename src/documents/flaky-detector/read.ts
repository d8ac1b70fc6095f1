import { z } from 'zod'
import { type CommitSuiteError, invalidInput, JOB_FILE, LIMITS } from '../../contract/index.ts'
import { SEVERITY_KEYS } from '../file-values.ts'
import { parseTestedFile } from '../tested-file.ts'
import { setUnknownAside } from '../unknown-keys.ts'
import { checkDocument, type YamlDocument } from '../yaml-document.ts'
import { type FlakyDetectorFile, flakyDetectorSchema } from './schema.ts'
import { splitCommand } from './split-command.ts'

export interface SeedRange {
  min: number
  max: number
}

export interface ReadFile extends Omit<FlakyDetectorFile, 'random_seed_range'> {
  seedRange: SeedRange | undefined
  /** `test_command` in words. */
  argv: string[] | undefined
  /** Keys that are not known, each a sentence for people. */
  warnings: string[]
}

/**
 * Reads the text of a `.flaky-detector.yml`. Nothing in it is executed.
 *
 * @throws CommitSuiteError `config_invalid` naming file, line, key, value and bounds of the first bad value
 */
export function readFlakyDetectorFile(text: string): ReadFile {
  const { document, warnings } = parseFile(text)
  const file = checkDocument(document, flakyDetectorSchema, [], 'config_invalid')
  const { random_seed_range: _, ...rest } = file
  return { ...rest, seedRange: rangeOf(document, file), argv: argvOf(document, file), warnings }
}

const rulesSchema = z
  .object(flakyDetectorSchema.shape, 'must be a mapping of keys to values')
  .pick({ ignore_patterns: true, severity_thresholds: true })

export type FlakyDetectorRules = z.output<typeof rulesSchema>

/** What the file says of tests. Its other keys are those of a job: bad values of theirs are no error here. */
export function readFlakyDetectorRules(text: string): FlakyDetectorRules & { warnings: string[] } {
  const { document, warnings } = parseFile(text)
  return { ...checkDocument(document, rulesSchema, [], 'config_invalid'), warnings }
}

function parseFile(text: string): { document: YamlDocument; warnings: string[] } {
  // Files of this name are written for PyYAML, which reads YAML 1.1: `yes` is true, and 1_000_000 a number.
  const document = parseTestedFile(text, JOB_FILE, '1.1')
  const { known, warnings } = setUnknownAside(document, (path) => KNOWN[path.join('.')])
  return { document: { ...document, value: known }, warnings }
}

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(flakyDetectorSchema.shape),
  severity_thresholds: SEVERITY_KEYS,
  random_seed_range: ['min', 'max'],
}

/** Our own draws go through all seeds there are. */
function rangeOf(document: YamlDocument, { random_seed_range: range }: FlakyDetectorFile): SeedRange | undefined {
  if (range === undefined) return undefined
  const { min = 1, max = LIMITS.largestSeed } = range
  if (min <= max) return { min, max }
  throw badValue(document, 'random_seed_range', { min, max }, 'min must not be above max')
}

function argvOf(document: YamlDocument, { test_command: text }: FlakyDetectorFile): string[] | undefined {
  if (text === undefined) return undefined
  const words = splitCommand(text)
  if ('argv' in words) return words.argv
  throw badValue(document, 'test_command', text, words.rule)
}

function badValue(document: YamlDocument, key: string, value: unknown, rule: string): CommitSuiteError {
  const field = `${JOB_FILE}:${document.lineOf([key]) ?? 1}: ${key}`
  return invalidInput(field, value, rule, undefined, 'config_invalid')
}
