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
  setup(files: TreeReader): Promise<Command[]>
  /** Default test command, where the framework has one that fits all projects. */
  command(files: TreeReader): Promise<Command | undefined>
  /** Plug-ins that our own set-up installs and that take a seed. */
  plugins(files: TreeReader): Promise<SeedPlugin[]>
  /** Variables through which a seed enters, `TEST_SEED` and `ATTEMPT` excepted. What `base` sets stays. */
  seedEnvironment(seed: number, base: Record<string, string>, plugins: readonly SeedPlugin[]): Record<string, string>
  /** Variables that always hold, such as GOFLAGS=-count=1. */
  environment(base: Record<string, string>): Record<string, string>
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
