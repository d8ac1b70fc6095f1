import { cancellationSignal, heartbeat } from '@temporalio/activity'
import {
  type Command,
  CommitSuiteError,
  type NewSuiteEvent,
  type SuiteEventData,
  type SuiteSpec,
} from '../src/contract/index.ts'
import type { Preparation } from '../src/executors/executor.ts'
import type { DetectedProject } from '../src/frameworks/detect.ts'
import type { PrepareResult } from './api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { maskBytes, maskPatterns } from './mask-secrets.ts'
import { mirrorOf } from './mirror-of.ts'
import { findSuite } from './suite-lookup.ts'

interface CommitReference {
  suite: string
  sha: string
}
type Step = SuiteEventData<'environment.step'>['step']

/** The order of the steps of an environment, which is the ordinal of their events. */
const STEPS: readonly Step[] = ['provision', 'checkout', 'setup', 'ready', 'failed', 'released', 'kept']
/** A set-up may download and compile much more than a run does. */
const SETUP_TIMEOUT_MS = 3_600_000

/** Records a step of a commit's environment. */
async function recordStep(
  deps: ActivityDeps,
  { suite, sha }: CommitReference,
  step: Step,
  message: string,
  details: { cached?: boolean; warnings?: string[] } = {},
): Promise<void> {
  const data = { sha, step, message, ...details }
  const event: NewSuiteEvent = { suite, type: 'environment.step', subject: sha, ordinal: STEPS.indexOf(step), data }
  await deps.store.events.append(event)
}

/** Checks the commit out on this host and runs its set-up, or finds both done by an earlier suite. */
export async function prepareCommit(
  deps: ActivityDeps,
  project: ProjectLookup,
  commit: CommitReference,
): Promise<PrepareResult> {
  const { spec } = await findSuite(deps.store, commit.suite)
  const mirror = await mirrorOf(deps, spec, [commit.sha])
  const detected = await project(spec, commit.sha)
  const setup = setupOf(spec, detected)
  await recordStep(deps, commit, 'checkout', 'checking out')
  const prepared = await deps.executor.prepare(
    {
      ...commit,
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
      timeoutMs: SETUP_TIMEOUT_MS,
    },
    { signal: cancellationSignal(), heartbeat, onSetup: () => recordStep(deps, commit, 'setup', inWords(setup)) },
  )
  return await recordPreparation(deps, commit, withoutSecrets(deps, spec, prepared))
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
function withoutSecrets({ secrets }: ActivityDeps, { id, secretEnv }: SuiteSpec, prepared: Preparation): Preparation {
  if (prepared.ok) return prepared
  const patterns = maskPatterns(secretEnv.map((name) => secrets.valueOf(id, name) ?? ''))
  return { ...prepared, output: Buffer.from(maskBytes(patterns, Buffer.from(prepared.output))).toString() }
}

async function recordPreparation(
  deps: ActivityDeps,
  commit: CommitReference,
  prepared: Preparation,
): Promise<PrepareResult> {
  if (prepared.ok) {
    const { cached, warnings } = prepared
    const message = [cached ? 'prepared earlier' : 'prepared', ...warnings].join('; ')
    await recordStep(deps, commit, 'ready', message, { cached, ...(warnings.length === 0 ? {} : { warnings }) })
    return { ok: true, treeKey: prepared.treeKey }
  }
  const { step, command, exitCode, output } = prepared
  const ending = exitCode === null ? 'was ended' : `exited with ${exitCode}`
  await recordStep(deps, commit, 'failed', `${step}: ${command} ${ending}\n${output}`)
  return { ok: false, reason: `${step}_failed` }
}

/** Refuses what this host cannot do before a lane settles on it. */
export async function provisionEnvironment(deps: ActivityDeps, commit: CommitReference): Promise<void> {
  const { spec } = await findSuite(deps.store, commit.suite)
  await deps.executor.assertSupported(spec.isolation)
  await recordStep(deps, commit, 'provision', `on ${deps.host.node}`)
}

/** Gives the commit's environment back; `failed` keeps it where a run failed. */
export async function releaseEnvironment(
  deps: ActivityDeps,
  { keep, ...commit }: CommitReference & { keep: 'never' | 'failed' | 'always' },
): Promise<void> {
  const kept = keep === 'always' || (keep === 'failed' && (await anyFailure(deps, commit)))
  await deps.executor.release({ ...commit, keep: kept })
  try {
    await recordStep(deps, commit, kept ? 'kept' : 'released', kept ? 'kept for 24 h' : 'removed')
  } catch (error) {
    // The suite may have been removed meanwhile: its environment is gone all the same.
    if (!(error instanceof CommitSuiteError && error.code === 'suite_not_found')) throw error
  }
}

async function anyFailure(deps: ActivityDeps, { suite, sha }: CommitReference): Promise<boolean> {
  const { failed, timedOut, crashed } = await deps.store.results.tally(suite, sha)
  return failed + timedOut + crashed > 0
}
