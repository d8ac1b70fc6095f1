import { posix } from 'node:path'
import { type Command, invalidInput } from '../../contract/index.ts'
import { readPythonProject } from '../python/python-project.ts'
import { askForReport, PYTEST_CONFIGS } from '../reports/pytest-report.ts'
import { type DottedModule, findModule, folderOf, splitId } from './dotted-path.ts'
import {
  asOperand,
  byPlaceholder,
  type InOrder,
  TESTS_PLACEHOLDER,
  type TestPlace,
  type TestsInOrder,
  withoutPlaceholder,
} from './in-order.ts'
import { keptOptions, pathsOf } from './pytest-options.ts'
import { wordsOf } from './words.ts'

const PROGRAM = /^(?:pytest|py\.test)$/

/** Pytest runs the tests that its command line names in the order in which it names them. */
export const pytestInOrder: TestsInOrder = {
  env: askForReport,
  whole: withoutPlaceholder,
  async beside(test, place) {
    const root = await findRoot(place, test)
    if (root === undefined) return undefined
    return { ...(byPlaceholder(place.command) ?? (await appended(place, root))), nameOf: namesIn(place, root) }
  },
}

const fromWorkdir = ({ workdir }: TestPlace, path: string): string => posix.relative(folderOf(workdir), path) || '.'

/** Pytest's root, which its reports count the names of classes from: it depends on settings and on what is named. */
async function findRoot(place: TestPlace, test: string): Promise<string | undefined> {
  const { files, workdir, command } = place
  const dotted = splitId(test)?.classname
  if (dotted === undefined) return undefined
  const folder = folderOf(workdir)
  const named = (pytestWords(command)?.rest ?? []).map((word) => posix.join(folder, word.replace(/\/$/, '')))
  for (const root of new Set([folder, '', ...named, ...['tests', 'test'].map((name) => posix.join(folder, name))])) {
    if ((await findModule(files, root, dotted)) !== undefined) return root
  }
  return undefined
}

/** Undoes what pytest makes of a node id for its report: `/` to `.`, classes joined by dots, `.py` dropped. */
function namesIn(place: TestPlace, root: string): InOrder['nameOf'] {
  const modules = new Map<string, Promise<DottedModule | undefined>>()
  return async (id) => {
    const test = splitId(id)
    if (test === undefined) return undefined
    const found = modules.get(test.classname) ?? findModule(place.files, root, test.classname)
    modules.set(test.classname, found)
    const module = await found
    if (module === undefined) return undefined
    const path = asOperand(fromWorkdir(place, posix.join(root, module.path)))
    return [path, ...module.classes, test.name].join('::')
  }
}

/** The words of a command up to `pytest`, and those after it. */
function pytestWords(command: Command): { program: string[]; rest: string[] } | undefined {
  const words = wordsOf(command)
  const at = words?.findIndex((word) => PROGRAM.test(posix.basename(word))) ?? -1
  return words === undefined || at === -1 ? undefined : { program: words.slice(0, at + 1), rest: words.slice(at + 1) }
}

async function appended(place: TestPlace, root: string): Promise<Pick<InOrder, 'argv' | 'plain'>> {
  const options = [...(await orderOptions(place)), `--rootdir=${fromWorkdir(place, root)}`]
  const argv = [...(await launchOf(place)), ...options]
  // Settings of the project may end a run at its first failure, before the test that it is about.
  return { plain: { argv }, argv: [...argv, '--maxfail=0'] }
}

async function launchOf(place: TestPlace): Promise<string[]> {
  const { command, files, workdir } = place
  const words = pytestWords(command)
  if (words === undefined) {
    const text = 'shell' in command ? command.shell : command.argv.join(' ')
    const rule = 'is not one plain call of pytest, so that names of tests cannot be added to it'
    throw invalidInput('command', text, rule, `Say where they go: … ${TESTS_PLACEHOLDER} ….`)
  }
  return [...words.program, ...(await keptOptions(words.rest, pathsOf(files, folderOf(workdir))))]
}

/**
 * What keeps plug-ins from other orders: an option of a plug-in that is there, the plug-in itself put off where the
 * project does not ask for it. An option of one that is put off would be an error.
 */
async function orderOptions({ files, plugins }: TestPlace): Promise<string[]> {
  const [{ installs }, ...texts] = await Promise.all([
    readPythonProject(files),
    ...PYTEST_CONFIGS.map((name) => files.read(name)),
  ])
  const settings = texts.join('\n')
  const hasRandomly = plugins.includes('pytest-randomly') || installs.has('pytest-randomly')
  return [
    ...(hasRandomly || /--randomly-/.test(settings) ? ['--randomly-dont-reorganize'] : ['-p', 'no:randomly']),
    ...(/--random-order/.test(settings) ? ['--random-order-bucket=none'] : ['-p', 'no:random_order']),
    ...(/(?:^|[\s"'=])(?:-n[\s\d]|-nauto|--numprocesses|--dist)/m.test(settings) ? ['-n0'] : []),
  ]
}
