import type { Command } from '../../contract/index.ts'
import type { TreeReader } from '../framework.ts'
import { textOf } from '../shuffling.ts'
import { PYTEST_CONFIGS } from './pytest-report.ts'

/** Names by which the writers of JUnit reports call them where nobody says otherwise. */
const USUAL = [
  '**/*junit*.xml',
  '**/TEST-*.xml',
  '**/*test-report*.xml',
  '**/*test-results*.xml',
  '**/test-reports/**/*.xml',
  '**/test-results/**/*.xml',
]

const NAMES_REPORT = /junit-?xml/i
const XML_PATH = /[^\s=:,'"<>|;&()[\]]+\.xml(?![\w.])/g

/**
 * Globs of JUnit reports, relative to the working directory: usual names, and what the command or pytest's settings in
 * the commit call one.
 */
export async function reportSources(files: TreeReader, command: Command | undefined): Promise<string[]> {
  const words = textOf(command)
  const settings = (await Promise.all(PYTEST_CONFIGS.map((name) => files.read(name)))).flatMap((text) =>
    (text ?? '').split('\n').filter((line) => NAMES_REPORT.test(line)),
  )
  const named = [words, ...settings].flatMap((text) => text.match(XML_PATH) ?? []).filter(isPlainPath)
  return [...new Set([...USUAL, ...named])]
}

/** Below the working directory, and no pattern. */
const isPlainPath = (path: string): boolean =>
  /^[\w@%+~./-]+$/.test(path) && !path.startsWith('/') && !path.split('/').includes('..')
