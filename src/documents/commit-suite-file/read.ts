import { SEVERITY_KEYS } from '../file-values.ts'
import { parseTestedFile } from '../tested-file.ts'
import { type KnownKeys, setUnknownAside } from '../unknown-keys.ts'
import { checkDocument } from '../yaml-document.ts'
import { OPTION_KEYS } from './options.ts'
import { QUARANTINE_KEYS, TESTED_KEYS, type TestedKeys, testedKeysSchema } from './schema.ts'

/**
 * Reads what the text of a commit's `.commit-suite.yml` says of its tests; the options of `run` in it are left aside.
 *
 * @throws CommitSuiteError `config_invalid` naming file, line, key, value and rule of the first bad value
 */
export function readTestedKeys(text: string, file: string): TestedKeys & { warnings: string[] } {
  const document = parseTestedFile(text, file, '1.2')
  const { known, warnings } = setUnknownAside(document, KNOWN)
  const value = withoutOptions(known)
  return { ...checkDocument({ ...document, value }, testedKeysSchema, [], 'config_invalid'), warnings }
}

const KNOWN: KnownKeys = ([key, index, ...deeper]) => {
  if (key === undefined) return [...TESTED_KEYS, ...OPTION_KEYS]
  if (key === 'severity' && index === undefined) return SEVERITY_KEYS
  return key === 'quarantine' && typeof index === 'number' && deeper.length === 0 ? QUARANTINE_KEYS : undefined
}

function withoutOptions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => TESTED_KEYS.includes(key)))
}
