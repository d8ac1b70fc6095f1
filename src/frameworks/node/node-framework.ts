import type { Framework, OrderOptions, ReportRequest, Shuffling, TreeReader } from '../framework.ts'
import { cannotShuffle, textOf } from '../shuffling.ts'
import { nodeSetup } from './node-setup.ts'
import { type PackageJson, readPackageJson } from './package-json.ts'
import { type RunnerOptions, runnerOptions } from './runner-options.ts'

interface Traits {
  name: Framework['name']
  mentionedIn: RegExp
  /** Command for projects without a script `test`. */
  fallbackCommand: string
  /** The framework's own variable for a seed. */
  seedVariable: string | undefined
  recognise(pkg: PackageJson | undefined, rootFiles: readonly string[], files: TreeReader): Promise<boolean> | boolean
  /** Finds the word of a script that is the runner, and what is appended to our own command. */
  runner?: { word: RegExp; options: RunnerOptions } | undefined
  report?: ReportRequest | undefined
}

/** A framework of the Node world: the same set-up and script `test`, different marks and seed variables. */
export function nodeFramework(traits: Traits): Framework {
  return {
    name: traits.name,
    projectType: 'node',
    mentionedIn: traits.mentionedIn,
    async detect(files) {
      return traits.recognise(await readPackageJson(files), await files.list(''), files)
    },
    setup: nodeSetup,
    async command(files, order) {
      const script = (await readPackageJson(files))?.testScript ?? ''
      const options = await optionsFor(traits, script || traits.fallbackCommand, files, order)
      if (script === '') return { shell: [traits.fallbackCommand, ...options].join(' ') }
      return { shell: options.length === 0 ? 'npm test' : `npm test -- ${options.join(' ')}` }
    },
    plugins: async () => [],
    seedEnvironment: (seed, base) =>
      traits.seedVariable === undefined || traits.seedVariable in base ? {} : { [traits.seedVariable]: String(seed) },
    environment: () => ({}),
    report: traits.report,
    shuffle: shufflingOf(traits),
  }
}

const optionsFor = async (
  { runner }: Traits,
  call: string,
  files: TreeReader,
  order: OrderOptions,
): Promise<string[]> =>
  runner === undefined ? [] : await runnerOptions(runner.options, { call, runner: runner.word, files }, order)

/** Runners that shuffle do so by options of the command, which only our own gets. */
function shufflingOf({ name, runner }: Traits): Shuffling {
  const order = runner?.options.order
  if (order === undefined) return cannotShuffle(`${name} has no random order of tests`)
  const options = [...order.shuffle, ...order.seed].join(' ')
  return {
    hindrance: async ({ command }) =>
      order.asked.test(textOf(command)) ? undefined : `add ${options} to the command: only our own command gets it`,
    environment: () => ({}),
  }
}

/** True where a dependency, a configuration file in the root or the script `test` names the framework. */
export function namedByPackage(pkg: PackageJson | undefined, rootFiles: readonly string[], marks: Marks): boolean {
  if (rootFiles.some((file) => marks.configFile.test(file))) return true
  if (pkg === undefined) return false
  return marks.dependencies.some((name) => pkg.dependencies.has(name)) || marks.script.test(pkg.testScript)
}

interface Marks {
  dependencies: readonly string[]
  configFile: RegExp
  script: RegExp
}
