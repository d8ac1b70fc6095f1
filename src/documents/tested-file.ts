import { type CommitSuiteError, invalidInput } from '../contract/index.ts'
import { parseYaml, type YamlDocument } from './yaml-document.ts'

const LARGEST_FILE_BYTES = 64 * 1024

/**
 * Parses a file of ours from the root of a tested commit. Nothing in it is executed. Throws `config_invalid` where it is
 * no sound YAML or larger than 64 KiB.
 */
export function parseTestedFile(text: string, file: string, version: '1.1' | '1.2'): YamlDocument {
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > LARGEST_FILE_BYTES) throw tooLarge(file, `${sizeBytes} bytes`)
  return parseYaml(text, file, 'config_invalid', version)
}

/** Of a file that is too large to be read, or larger than it may be. */
export const tooLarge = (file: string, size = 'the file'): CommitSuiteError =>
  invalidInput(file, size, `must have at most ${LARGEST_FILE_BYTES / 1024} KiB`, undefined, 'config_invalid')
