import type { Framework, TreeReader } from '../framework.ts'
import { nodeSetup } from './node-setup.ts'
import { type PackageJson, readPackageJson } from './package-json.ts'

interface Traits {
  name: Framework['name']
  mentionedIn: RegExp
  /** Command for projects without a script `test`. */
  fallbackCommand: string
  /** The framework's own variable for a seed. */
  seedVariable: string | undefined
  recognise(pkg: PackageJson | undefined, rootFiles: readonly string[], files: TreeReader): Promise<boolean> | boolean
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
    async command(files) {
      const pkg = await readPackageJson(files)
      return { shell: pkg !== undefined && pkg.testScript !== '' ? 'npm test' : traits.fallbackCommand }
    },
    plugins: async () => [],
    seedEnvironment: (seed, base) =>
      traits.seedVariable === undefined || traits.seedVariable in base ? {} : { [traits.seedVariable]: String(seed) },
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
