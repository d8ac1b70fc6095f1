import { posix } from 'node:path'
import type { TreeReader } from '../framework.ts'

/** Options that choose tests, order them, end a run early or write a report: a run of chosen tests has its own. */
const DROPPED = [
  /^(?:-k|-m|-n|-x)$/,
  /^-[km]./,
  /^-n\d/,
  /^--(?:exitfirst|maxfail|lf|last-failed|ff|failed-first|nf|new-first|sw|stepwise|stepwise-skip)(?:=|$)/,
  /^--(?:deselect|ignore|ignore-glob|pyargs|co|collect-only|numprocesses|dist|junitxml|junit-xml)(?:=|$)/,
  /^--(?:randomly|random-order)/,
]
/** Of those the ones that take the word after them. */
const TAKES_VALUE =
  /^(?:-k|-m|-n|--maxfail|--deselect|--ignore|--ignore-glob|--numprocesses|--dist|--junitxml|--junit-xml)$/
/** Options whose value may be a path of the tree. */
const TAKES_PATH = /^(?:-c|-p|-o|-W|-r|--config-file|--rootdir|--confcutdir|--basetemp|--cov|--cov-config)$/

/**
 * What is kept of the words after `pytest` when other tests are named: options, and what seems to be their values.
 * A word that is a path of the tree is a test to pytest, unless an option is known to take it.
 */
export async function keptOptions(
  words: readonly string[],
  isPath: (word: string) => Promise<boolean>,
): Promise<string[]> {
  const kept: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') break
    if (DROPPED.some((pattern) => pattern.test(word))) {
      if (TAKES_VALUE.test(word)) at++
    } else if (TAKES_PATH.test(word)) {
      kept.push(...words.slice(at, at + 2))
      at++
    } else if (word.startsWith('-') || (kept.length > 0 && !(await isPath(word)))) kept.push(word)
  }
  return kept
}

/** Whether a word names a file or folder of the tree, or a test in one. */
export const pathsOf =
  (files: Pick<TreeReader, 'exists'>, folder: string) =>
  async (word: string): Promise<boolean> =>
    await files.exists(posix.join(folder, word.split('::')[0] ?? ''))
