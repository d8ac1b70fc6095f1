import { quote } from 'shlex'
import type { Command } from '../../contract/index.ts'
import type { SeedPlugin, TreeReader } from '../framework.ts'

/** A commit, and how its tests are run. */
export interface TestPlace {
  files: TreeReader
  /** Of the tests, relative to the root; `.` is that. */
  workdir: string
  /** What runs all of them. */
  command: Command
  /** That are known to be installed and take our seeds. */
  plugins: readonly SeedPlugin[]
}

/** How chosen tests of a commit are run in an order of our making. */
export interface InOrder {
  /** The words before the names of the tests, which are added one by one: no shell reads them. */
  argv: string[]
  /** The same for people, who need no report; of a shell command with the place of the names marked in it. */
  plain: Command
  /** What the tool calls a test that reports show under this id; undefined where the tree has no such test. */
  nameOf(id: string): Promise<string | undefined>
}

/** What a framework can do whose tests can be chosen by name, and run in the order in which they are named. */
export interface TestsInOrder {
  /** Variables that make it write a report. */
  env(base: Readonly<Record<string, string>>): Record<string, string>
  /** Runs all tests as the project orders them, with a report. */
  whole(command: Command): Command
  /**
   * How to run the tests that stand beside this one. Undefined where the tree has no such test. Throws `invalid_input`
   * for a command that names of tests cannot be added to.
   */
  beside(test: string, place: TestPlace): Promise<InOrder | undefined>
}

/** Where the names of tests go in a command that says so. */
export const TESTS_PLACEHOLDER = '{tests}'

/** How to run tests by a command that says where their names go; undefined for any other. */
export function byPlaceholder(command: Command): Pick<InOrder, 'argv' | 'plain'> | undefined {
  if (!('shell' in command) || !command.shell.includes(TESTS_PLACEHOLDER)) return undefined
  // As words of the shell that it does not read again, whatever is in them.
  const argv = ['sh', '-c', command.shell.split(TESTS_PLACEHOLDER).join('"$@"'), 'commit-suite']
  return { argv, plain: command }
}

/** What people type to run these tests. */
export function plainLine(plain: Command, names: readonly string[]): string {
  const quoted = names.map((name) => quote(name)).join(' ')
  if ('shell' in plain) return plain.shell.split(TESTS_PLACEHOLDER).join(quoted)
  return [...plain.argv.map((word) => quote(word)), quoted].join(' ')
}

/** The command without any test that is chosen. */
export function withoutPlaceholder(command: Command): Command {
  return 'shell' in command ? { shell: command.shell.split(TESTS_PLACEHOLDER).join('') } : command
}

/** A name that no tool takes for an option or for a file with options. */
export const asOperand = (path: string): string => (/^[-@]/.test(path) ? `./${path}` : path)
