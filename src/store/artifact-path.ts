import { join } from 'node:path'
import { ID_PATTERN, invalidInput, type RunKey, runKeySchema, sha12 } from '../contract/index.ts'

const LONGEST_NAME_BYTES = 1_024
/** What common file systems take for one part of a path. */
const LONGEST_PART_BYTES = 255

/** The rule that `name` breaks, or undefined. Names come from files that the code under test made. */
function brokenRule(name: string): string | undefined {
  if (name === '') return 'must not be empty'
  if (Buffer.byteLength(name) > LONGEST_NAME_BYTES) return `must be at most ${LONGEST_NAME_BYTES} bytes long`
  if (name.includes('\0')) return 'must not contain a NUL byte'
  if (name.includes('\\')) return 'must not contain a backslash'
  if (!name.isWellFormed()) return 'must be well-formed Unicode'
  const parts = name.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'must be a relative path without empty parts, "." and ".."'
  }
  if (parts.some((part) => Buffer.byteLength(part) > LONGEST_PART_BYTES)) {
    return `no part may be longer than ${LONGEST_PART_BYTES} bytes`
  }
  return undefined
}

export function suiteDirectory(artifactsDir: string, suite: string): string {
  if (!ID_PATTERN.test(suite)) throw invalidInput('suite', suite, `must match ${ID_PATTERN.source}`)
  return join(artifactsDir, suite)
}

/** `<suite>/<sha12>/<attempt>[.g<generation>]/<name>`; throws `invalid_input` for a name that leads elsewhere. */
export function artifactPath(artifactsDir: string, key: RunKey, name: string): string {
  const { suite, sha, attempt, generation } = runKeySchema.parse(key)
  const rule = brokenRule(name)
  if (rule !== undefined) throw invalidInput('artifact', name, rule)
  const run = generation === 0 ? `${attempt}` : `${attempt}.g${generation}`
  return join(suiteDirectory(artifactsDir, suite), sha12(sha), run, name)
}
