import { createHash } from 'node:crypto'
import type { RunKey } from '../../contract/index.ts'
import { artifactPath, suiteDirectory } from '../artifact-path.ts'

const LONGEST_KEY_BYTES = 1_024
/** Servers that keep objects as files take no longer names of them. */
const LONGEST_PART_BYTES = 255

/** What all keys of a suite begin with, the slash included: no other suite's do. */
export const suitePrefix = (prefix: string, suite: string): string => `${suiteDirectory(prefix, suite)}/`

/** Servers that keep objects as files keep files of their own under names that begin with a dot. */
const encodePart = (part: string): string => encodeURIComponent(part).replace(/^\./, '%2E')

/**
 * The place of an artifact below the prefix, as in a folder of artifacts. What is not safe in keys, URLs and XML
 * everywhere stands there percent-encoded; a name that becomes too long is stored under its digest, behind a sign that
 * no encoded name holds. Throws `invalid_input` for the names that a folder refuses.
 */
export function objectKey(prefix: string, key: RunKey, name: string): string {
  const run = artifactPath(prefix, key, name).slice(0, -name.length)
  const parts = name.split('/').map(encodePart)
  const encoded = run + parts.join('/')
  if (encoded.length <= LONGEST_KEY_BYTES && parts.every((part) => part.length <= LONGEST_PART_BYTES)) return encoded
  return `${run}=${createHash('sha256').update(name).digest('hex')}`
}
