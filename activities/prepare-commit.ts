import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { type Command, CommitSuiteError, type SuiteSpec } from '../src/contract/index.ts'
import type { Preparation } from '../src/executors/executor.ts'
import type { DetectedProject } from '../src/frameworks/detect.ts'
import type { CommitReference, PrepareResult } from './api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { recordStep } from './environment-steps.ts'
import { maskText, suitePatterns } from './mask-secrets.ts'
import { mirrorOf } from './mirror-of.ts'
import type { RulesLookup } from './rules-lookup.ts'
import { findSuite } from './suite-lookup.ts'

/** A set-up may download and compile much more than a run does. */
const SETUP_TIMEOUT_MS = 3_600_000

/** Checks the commit out where its runs will be and runs its set-up, or finds both done by an earlier suite. */
export async function prepareCommit(
  deps: ActivityDeps,
  { project, rules }: { project: ProjectLookup; rules: RulesLookup },
  commit: CommitReference,
): Promise<PrepareResult> {
  const { spec } = await findSuite(deps.store, commit.suite)
  const ruled = await readRules(deps, rules, spec, commit)
  if (!ruled.ok) return ruled
  const mirror = await mirrorOf(deps, spec, [commit.sha])
  const detected = await project(spec, commit.sha)
  const setup = setupOf(spec, detected)
  await recordStep(deps, commit, 'checkout', 'checking out')
  const executor = await deps.executors.of(spec.executor)
  const prepared = await executor.prepare(
    {
      suite: commit.suite,
      sha: commit.sha,
      cluster: spec.cluster,
      session: spec.session,
      template: detected.template,
      mirrorPath: mirror.path,
      setup,
      workdir: spec.workdir,
      env: spec.env,
      secretEnv: spec.secretEnv,
      isolation: spec.isolation,
      limits: spec.limits,
      parallelism: spec.parallelism,
      timeoutMs: spec.job?.settled?.setupTimeoutMs ?? SETUP_TIMEOUT_MS,
    },
    {
      signal: cancellationSignal(),
      heartbeat,
      onSetup: () => recordStep(deps, commit, 'setup', inWords(setup)),
      onWaiting: (reason) => recordStep(deps, commit, 'waiting', reason),
    },
  )
  const known = withoutSecrets(deps, spec, prepared)
  const order = detected.orderHindrance
  const ofOrder = order === undefined ? [] : [`--shuffle has no effect: ${order}`]
  return await recordPreparation(deps, commit, known, [...ruled.warnings, ...ofOrder])
}

/** Puts on record what the commit says of its own tests. Where that is no sound file the commit is not tested. */
async function readRules(
  deps: ActivityDeps,
  lookup: RulesLookup,
  spec: SuiteSpec,
  commit: CommitReference,
): Promise<{ ok: true; warnings: string[] } | { ok: false; reason: string }> {
  try {
    const { ignore, quarantine, severity, warnings } = await lookup(spec, commit.sha)
    const severityThresholds = severity === undefined ? {} : { severityThresholds: severity }
    const rules = { ...severityThresholds, ignored: ignore.length, quarantined: quarantine.length }
    if (severity !== undefined || ignore.length + quarantine.length > 0) {
      await deps.store.rules.put(commit.suite, commit.sha, rules)
    }
    return { ok: true, warnings }
  } catch (error) {
    if (!(error instanceof CommitSuiteError) || error.code !== 'config_invalid') throw error
    await recordStep(deps, commit, 'failed', error.message)
    return { ok: false, reason: error.code }
  }
}

function setupOf(spec: SuiteSpec, detected: DetectedProject): Command[] {
  if (spec.setup === null) return []
  return spec.setup === undefined ? detected.setup : [spec.setup]
}

const LONGEST_STEP = 120

/** The commands of a set-up in one short line, for people who wait for it. */
function inWords(setup: readonly Command[]): string {
  const lines = setup.map((command) => ('shell' in command ? command.shell : command.argv.join(' ')))
  const text = lines.join('; ').replace(/\s+/g, ' ')
  return text.length > LONGEST_STEP ? `${text.slice(0, LONGEST_STEP - 1)}…` : text
}

/** A set-up may print what it was given; its output goes on record when it fails. */
function withoutSecrets({ secrets }: ActivityDeps, spec: SuiteSpec, prepared: Preparation): Preparation {
  if (prepared.ok) return prepared
  return { ...prepared, output: maskText(suitePatterns(secrets, spec), prepared.output) }
}

async function recordPreparation(
  deps: ActivityDeps,
  commit: CommitReference,
  prepared: Preparation,
  moreWarnings: readonly string[],
): Promise<PrepareResult> {
  if (prepared.ok) {
    const { cached } = prepared
    const warnings = [...prepared.warnings, ...moreWarnings]
    const message = [cached ? 'prepared earlier' : 'prepared', ...warnings].join('; ')
    await recordStep(deps, commit, 'ready', message, { cached, ...(warnings.length === 0 ? {} : { warnings }) })
    return { ok: true, treeKey: prepared.treeKey }
  }
  const { step, command, exitCode, output } = prepared
  const ending = exitCode === null ? 'was ended' : `exited with ${exitCode}`
  await recordStep(deps, commit, 'failed', `${step}: ${command} ${ending}\n${output}`)
  return { ok: false, reason: `${step}_failed` }
}
