import { posix } from 'node:path'
import type { Command } from '../../contract/index.ts'
import type { TreeReader } from '../framework.ts'
import { textOf } from '../shuffling.ts'
import { REQUESTED } from './requested.ts'

/** Files of a commit's root that pytest reads its settings from. */
export const PYTEST_CONFIGS = [
  'pytest.toml',
  '.pytest.toml',
  'pytest.ini',
  '.pytest.ini',
  'pyproject.toml',
  'tox.ini',
  'setup.cfg',
] as const

const PROGRAMS = new Set(['pytest', 'py.test'])
/** They run one command, in the folder where they are. */
const WRAPPERS = new Set(['uv', 'poetry', 'pipenv', 'pdm', 'rye', 'env', 'nice', 'time', 'timeout', 'xvfb-run'])

/** Whether a command is one call of pytest: of several, the last would overwrite the report of the others. */
function runsPytestOnce(command: Command | undefined): boolean {
  if (command === undefined || !('argv' in command)) return false
  const { argv } = command
  const at = argv.findIndex((word) => PROGRAMS.has(posix.basename(word)))
  if (at <= 0) return at === 0
  return argv[at - 1] === '-m' || WRAPPERS.has(posix.basename(argv[0] ?? ''))
}

const NAMES_REPORT = /junit-?xml/i

/** Whether nothing in the command or in pytest's settings names a report, and the command runs pytest once. */
export async function canAskForReport(files: TreeReader, command: Command | undefined): Promise<boolean> {
  if (NAMES_REPORT.test(textOf(command)) || !isPytest(command)) return false
  const settings = await Promise.all(PYTEST_CONFIGS.map((name) => files.read(name)))
  return !settings.some((text) => NAMES_REPORT.test(text ?? ''))
}

const isPytest = (command: Command | undefined): boolean => runsPytestOnce(command) || shellRunsPytestOnce(command)

/** Between the commands of a shell line; what stands before a command in it. */
const SEPARATOR = /&&|\|\||[;&|()\n]/
const BEFORE = /^(?:\s|!|then\b|else\b|\{|[A-Za-z_]\w*=\S*)*/
const REPEATS = /(?:^|[\s;&|(])(?:for|while|until|xargs|find|parallel)\s/

function shellRunsPytestOnce(command: Command | undefined): boolean {
  if (command === undefined || !('shell' in command) || REPEATS.test(command.shell)) return false
  const commands = command.shell
    .split(SEPARATOR)
    .map((part) => ({ argv: part.replace(BEFORE, '').split(/\s+/) }))
    .filter(({ argv }) => argv.some((word) => PROGRAMS.has(posix.basename(word))))
    .filter(({ argv }) => !argv.includes('install'))
  return commands.length === 1 && commands.every(runsPytestOnce)
}

/** What makes pytest write its report: the option comes after what the variable holds already. */
export function askForReport(env: Readonly<Record<string, string>>): Record<string, string> {
  const given = env.PYTEST_ADDOPTS ?? ''
  if (/junit-?xml/i.test(given)) return { ...env }
  return { ...env, PYTEST_ADDOPTS: `${given} --junitxml=${REQUESTED.junit}`.trim() }
}

/** Pytest's codes for an interruption, an error of its own, wrong usage and no tests: no failing test explains them. */
const NOT_BY_TESTS = new Set([2, 3, 4, 5])

/** Whether a failing test can be why a command ended with this code. */
export const byFailingTest = (command: Command | undefined, exitCode: number): boolean =>
  !(isPytest(command) && NOT_BY_TESTS.has(exitCode))
