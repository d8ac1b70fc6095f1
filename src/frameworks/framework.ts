import type { Command } from '../contract/index.ts'

/** One test framework: what it looks like, how it is set up, how a seed reaches it. */
export interface Framework {
  name: FrameworkName
  /** The folder of `templates/` whose defaults apply. */
  projectType: string
  /** Finds the framework in a test command that names it. */
  mentionedIn: RegExp
  /** Whether the tree looks like this framework's; `files` reads the commit, never runs it. */
  detect(files: TreeReader): Promise<boolean>
  /**
   * Commands that install what the tests need; [] where nothing has to be installed. They may put programs
   * into `$HOME/.local/bin`, which stands first on the PATH of set-up and runs.
   */
  setup(files: TreeReader, options: OrderOptions): Promise<Command[]>
  /** Default test command, where the framework has one that fits all projects; it writes a report where it can. */
  command(files: TreeReader, options: OrderOptions): Promise<Command | undefined>
  /** Plug-ins that our own set-up installs and that take a seed. */
  plugins(files: TreeReader, options: OrderOptions): Promise<SeedPlugin[]>
  /** Variables through which a seed enters, `TEST_SEED` and `ATTEMPT` excepted. What `base` sets stays. */
  seedEnvironment(seed: number, base: Record<string, string>, plugins: readonly SeedPlugin[]): Record<string, string>
  /** Variables that always hold, such as GOFLAGS=-count=1. */
  environment(base: Record<string, string>): Record<string, string>
  /** Undefined where only a command can ask for a report, or none is needed. */
  report: ReportRequest | undefined
  shuffle: Shuffling
}

export interface OrderOptions {
  /** A random order of tests is asked for. */
  shuffle: boolean
}

/** A report that is asked for through the environment, whoever gave the command. */
export interface ReportRequest {
  /** Whether the command runs the framework once, and nothing else says where a report goes. */
  fits(files: TreeReader, command: Command | undefined): Promise<boolean>
  /** Variables that ask for it, given those that the run would have. */
  environment(base: Record<string, string>): Record<string, string>
}

/** A random order of tests, drawn from the seed. */
export interface Shuffling {
  /** Why the tests keep their order, in words behind `--shuffle has no effect: `; undefined where they do not. */
  hindrance(project: ShuffledProject): Promise<string | undefined>
  /** Variables that ask for it, given those that the run would have; for others the command or a plug-in does. */
  environment(seed: number, base: Record<string, string>): Record<string, string>
}

export interface ShuffledProject {
  files: TreeReader
  /** The user's, else our own. */
  command: Command | undefined
  plugins: readonly SeedPlugin[]
}

export const FRAMEWORK_NAMES = ['pytest', 'unittest', 'go', 'maven', 'vitest', 'jest', 'mocha', 'node-test'] as const
export type FrameworkName = (typeof FRAMEWORK_NAMES)[number]

/** Plug-ins whose own random source would ignore `TEST_SEED`. */
export type SeedPlugin = 'pytest-randomly' | 'hypothesis'

/** Reads files of one commit by path; a missing file is undefined, a file above 1 MiB is too. */
export interface TreeReader {
  read(path: string): Promise<string | undefined>
  exists(path: string): Promise<boolean>
  /** Names in a folder ('' is the root); [] where there is none. Folders end with `/`. */
  list(path: string): Promise<string[]>
}
