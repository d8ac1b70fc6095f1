import { posix } from 'node:path'
import { type Command, invalidInput } from '../../contract/index.ts'
import { findModule, folderOf, splitId } from './dotted-path.ts'
import {
  byPlaceholder,
  type InOrder,
  TESTS_PLACEHOLDER,
  type TestPlace,
  type TestsInOrder,
  withoutPlaceholder,
} from './in-order.ts'
import { UNITTEST_RUNNER } from './unittest-runner.ts'
import { wordsOf } from './words.ts'

/** Unittest runs the tests that it is given by name in that order; a runner of our own tells how each of them ended. */
export const unittestInOrder: TestsInOrder = {
  env: (base) => ({ ...base }),
  whole(command) {
    const words = unittestWords(command)
    if (words === undefined) return withoutPlaceholder(command)
    return { argv: [...words.python, '-c', UNITTEST_RUNNER, 'all', ...words.rest] }
  },
  async beside(test, place) {
    const root = await findRoot(place, test)
    if (root === undefined) return undefined
    return { ...(byPlaceholder(place.command) ?? appended(place, root)), nameOf: namesIn(place, root) }
  },
}

function appended({ command, workdir }: TestPlace, root: string): Pick<InOrder, 'argv' | 'plain'> {
  const words = unittestWords(command)
  if (words === undefined) {
    const text = 'shell' in command ? command.shell : command.argv.join(' ')
    const rule = 'is not one plain call of unittest, so that names of tests cannot be added to it'
    throw invalidInput('command', text, rule, `Say where they go: … ${TESTS_PLACEHOLDER} ….`)
  }
  const { python } = words
  const folder = posix.relative(folderOf(workdir), root) || '.'
  const plain = folder === '.' ? python : ['env', `PYTHONPATH=${folder}`, ...python]
  return { argv: [...python, '-c', UNITTEST_RUNNER, 'these', folder], plain: { argv: [...plain, '-m', 'unittest'] } }
}

/** Where tests are imported from: the working directory, or the folder that discovery begins in. */
async function findRoot({ files, workdir }: TestPlace, test: string): Promise<string | undefined> {
  const dotted = splitId(test)?.classname
  if (dotted === undefined) return undefined
  const folder = folderOf(workdir)
  for (const root of [folder, ...['tests', 'test'].map((name) => posix.join(folder, name))]) {
    if ((await findModule(files, root, dotted)) !== undefined) return root
  }
  return undefined
}

/** A dotted name that unittest can load; only where such a module is there. */
function namesIn({ files }: TestPlace, root: string): InOrder['nameOf'] {
  const modules = new Map<string, Promise<boolean>>()
  return async (id) => {
    const test = splitId(id)
    if (test === undefined) return undefined
    const known = modules.get(test.classname) ?? findModule(files, root, test.classname).then((it) => it !== undefined)
    modules.set(test.classname, known)
    return (await known) ? `${test.classname}.${test.name}` : undefined
  }
}

/** The words of a command before and after `-m unittest`. */
function unittestWords(command: Command): { python: string[]; rest: string[] } | undefined {
  const words = wordsOf(command)
  const at = words?.findIndex((word, index) => word === 'unittest' && words[index - 1] === '-m') ?? -1
  return words === undefined || at === -1 ? undefined : { python: words.slice(0, at - 1), rest: words.slice(at + 1) }
}
