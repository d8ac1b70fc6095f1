import { type Command, JOB_FRAMEWORKS, type SuiteSpec } from '../contract/index.ts'
import {
  FRAMEWORK_NAMES,
  type Framework,
  type FrameworkName,
  type SeedPlugin,
  type ShuffledProject,
  type TreeReader,
} from './framework.ts'
import { go } from './go.ts'
import { jest } from './jest.ts'
import { detectLanguage } from './languages.ts'
import { maven } from './maven.ts'
import { mocha } from './mocha.ts'
import { nodeTest } from './node-test.ts'
import { pytest } from './pytest.ts'
import { reportSources } from './reports/report-sources.ts'
import { REQUESTED_GLOBS } from './reports/requested.ts'
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
  /** A random order of tests is asked for, and can be had. */
  shuffle: boolean
  /** A report is asked for. */
  report: boolean
}

export interface DetectedProject {
  framework: FrameworkName | null
  template: Template
  /** The template's own set-up, else what the framework finds; [] where nothing has to be installed. */
  setup: Command[]
  /** The template's own command, else the framework's; undefined where the user must give one. */
  command: Command | undefined
  /** Globs of reports that runs of the command may write, relative to the working directory. */
  reports: string[]
  /** Why a random order that is asked for cannot be had, in words. */
  orderHindrance: string | undefined
  seeding: Seeding
  /** `runEnvironment` of this project. */
  environment(seed: number, attempt: number, base?: Record<string, string>): Record<string, string>
}

export interface DetectOptions extends TemplateOptions {
  /** The user's test command: the framework it names is taken before any other. */
  command?: Command | undefined
  /** The user gave a set-up, or none: what it installs is unknown, so no option of a plug-in is set. */
  ownSetup?: boolean
  /** Taken before any that is recognised or named. */
  framework?: FrameworkName | undefined
  /** Tests are wanted in a random order. */
  shuffle?: boolean | undefined
  /** The user says which reports to read: none is asked for. */
  ownReports?: boolean
}

/** What a suite itself says of how its commits are tested. */
export function detectionOf({ command, setup, job, shuffle, reports }: SuiteSpec): DetectOptions {
  const framework = job?.framework === undefined ? undefined : JOB_FRAMEWORKS[job.framework].framework
  return { command, ownSetup: setup !== undefined, framework, shuffle, ownReports: reports !== undefined }
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
  const framework = await chooseFramework(files, given, options)
  const language = given === undefined && framework === undefined ? await detectLanguage(files) : undefined
  const type = framework?.projectType ?? language?.projectType ?? 'generic'
  const template = given ?? (await loadTemplate(type, options))
  const shuffle = options.shuffle === true
  const plugins =
    (options.ownSetup === true
      ? []
      : await framework?.plugins(files, { shuffle: shuffle && template.setup === undefined })) ?? []
  const own = template.command ?? language?.command ?? (await framework?.command(files, { shuffle }))
  const command = options.command ?? own
  const hindrance = shuffle ? await whyInOrder(framework, { files, command, plugins }) : undefined
  const seeding: Seeding = {
    framework: framework?.name ?? null,
    plugins,
    env: template.env,
    shuffle: shuffle && hindrance === undefined,
    report: options.ownReports !== true && (await framework?.report?.fits(files, command)) === true,
  }
  return {
    framework: seeding.framework,
    template,
    setup: language?.setup ?? template.setup ?? (await framework?.setup(files, { shuffle })) ?? [],
    command: own,
    reports: [...REQUESTED_GLOBS, ...(await reportSources(files, command))],
    orderHindrance: hindrance,
    seeding,
    environment: (seed, attempt, base = {}) => runEnvironment(seeding, seed, attempt, base),
  }
}

const whyInOrder = async (framework: Framework | undefined, project: ShuffledProject): Promise<string | undefined> =>
  framework === undefined ? 'no test framework is known' : await framework.shuffle.hindrance(project)

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
  const framework = seeding.framework === null ? undefined : FRAMEWORKS[seeding.framework]
  let env: Record<string, string> = { ...seeding.env, ...base }
  if (framework !== undefined) {
    env = { ...env, ...framework.environment(env) }
    env = { ...env, ...framework.seedEnvironment(seed, env, seeding.plugins) }
    if (seeding.shuffle) env = { ...env, ...framework.shuffle.environment(seed, env) }
    if (seeding.report) env = { ...env, ...framework.report?.environment(env) }
  }
  return { ...env, TEST_SEED: String(seed), ATTEMPT: String(attempt) }
}

async function chooseFramework(
  files: TreeReader,
  template: Template | undefined,
  { command, framework: asked }: DetectOptions,
): Promise<Framework | undefined> {
  if (asked !== undefined) return FRAMEWORKS[asked]
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
