import type { Command } from '../contract/index.ts'
import { FRAMEWORK_NAMES, type Framework, type FrameworkName, type SeedPlugin, type TreeReader } from './framework.ts'
import { go } from './go.ts'
import { jest } from './jest.ts'
import { detectLanguage } from './languages.ts'
import { maven } from './maven.ts'
import { mocha } from './mocha.ts'
import { nodeTest } from './node-test.ts'
import { pytest } from './pytest.ts'
import { loadTemplate, type Template, type TemplateOptions } from './templates.ts'
import { unittest } from './unittest.ts'
import { vitest } from './vitest.ts'

const FRAMEWORKS: Record<FrameworkName, Framework> = {
  pytest,
  unittest,
  go,
  maven,
  vitest,
  jest,
  mocha,
  'node-test': nodeTest,
}

/** Plain data that `runEnvironment` needs; fit to travel between activities. */
export interface Seeding {
  framework: FrameworkName | null
  plugins: SeedPlugin[]
  /** Variables of the template. */
  env: Record<string, string>
}

export interface DetectedProject {
  framework: FrameworkName | null
  template: Template
  /** The template's own set-up, else what the framework finds; [] where nothing has to be installed. */
  setup: Command[]
  /** The template's own command, else the framework's; undefined where the user must give one. */
  command: Command | undefined
  seeding: Seeding
  /** `runEnvironment` of this project. */
  environment(seed: number, attempt: number, base?: Record<string, string>): Record<string, string>
}

export interface DetectOptions extends TemplateOptions {
  /** The user's test command: the framework it names is taken before any other. */
  command?: Command | undefined
  /** The user gave a set-up, or none: what it installs is unknown, so no option of a plug-in is set. */
  ownSetup?: boolean
}

/**
 * Finds out how a commit is tested. Without a project type the framework that the command names is taken, else the
 * first one recognised in the order of FRAMEWORK_NAMES (Python, Go, Maven, Node; pytest before unittest, vitest before
 * jest before mocha before node's runner), else only the language counts, for its set-up, else the template is
 * `generic`. With one, only the frameworks of its template count. Throws `template_not_found`, `template_invalid`.
 */
export async function detectFramework(
  files: TreeReader,
  projectType?: string,
  options: DetectOptions = {},
): Promise<DetectedProject> {
  const given = projectType === undefined ? undefined : await loadTemplate(projectType, options)
  const framework = await chooseFramework(files, given, options.command)
  const language = given === undefined && framework === undefined ? await detectLanguage(files) : undefined
  const type = framework?.projectType ?? language?.projectType ?? 'generic'
  const template = given ?? (await loadTemplate(type, options))
  const plugins = options.ownSetup === true ? [] : await framework?.plugins(files)
  const seeding: Seeding = { framework: framework?.name ?? null, plugins: plugins ?? [], env: template.env }
  return {
    framework: seeding.framework,
    template,
    setup: language?.setup ?? template.setup ?? (await framework?.setup(files)) ?? [],
    command: template.command ?? language?.command ?? (await framework?.command(files)),
    seeding,
    environment: (seed, attempt, base = {}) => runEnvironment(seeding, seed, attempt, base),
  }
}

/**
 * The environment of one run: the template's variables, then `base` (the suite's own), then what the framework
 * needs, then `TEST_SEED` and the 0-based `ATTEMPT`. The result contains `base`.
 */
export function runEnvironment(
  seeding: Seeding,
  seed: number,
  attempt: number,
  base: Record<string, string> = {},
): Record<string, string> {
  const own = { ...seeding.env, ...base }
  const framework = seeding.framework === null ? undefined : FRAMEWORKS[seeding.framework]
  return {
    ...own,
    ...framework?.environment(own),
    ...framework?.seedEnvironment(seed, own, seeding.plugins),
    TEST_SEED: String(seed),
    ATTEMPT: String(attempt),
  }
}

async function chooseFramework(
  files: TreeReader,
  template: Template | undefined,
  command: Command | undefined,
): Promise<Framework | undefined> {
  const names = template === undefined ? FRAMEWORK_NAMES : template.frameworks
  const candidates = names.map((name) => FRAMEWORKS[name])
  const named = command === undefined ? undefined : namedFirst(candidates, command)
  if (named !== undefined) return named
  for (const framework of candidates) if (await framework.detect(files)) return framework
  return template === undefined ? undefined : candidates.at(-1)
}

/** The framework that stands first in a command, if any does. */
function namedFirst(candidates: readonly Framework[], command: Command): Framework | undefined {
  const line = 'shell' in command ? command.shell : command.argv.join(' ')
  const found = candidates
    .map((framework) => ({ framework, at: framework.mentionedIn.exec(line)?.index }))
    .filter((hit): hit is { framework: Framework; at: number } => hit.at !== undefined)
  return found.sort((a, b) => a.at - b.at)[0]?.framework
}
