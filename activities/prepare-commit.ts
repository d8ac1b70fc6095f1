import { cancellationSignal, heartbeat } from '@temporalio/activity'
import type { Command, SuiteSpec } from '../src/contract/index.ts'
import type { Preparation } from '../src/executors/executor.ts'
import type { DetectedProject } from '../src/frameworks/detect.ts'
import type { PrepareResult } from './api.ts'
import type { ProjectLookup } from './commit-project.ts'
import type { ActivityDeps } from './deps.ts'
import { type CommitReference, recordStep } from './environment-steps.ts'
import { maskText, suitePatterns } from './mask-secrets.ts'
import { mirrorOf } from './mirror-of.ts'
import { findSuite } from './suite-lookup.ts'

/** A set-up may download and compile much more than a run does. */
const SETUP_TIMEOUT_MS = 3_600_000

/** Checks the commit out where its runs will be and runs its set-up, or finds both done by an earlier suite. */
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
  const executor = await deps.executors.of(spec.executor)
  const prepared = await executor.prepare(
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
    {
      signal: cancellationSignal(),
      heartbeat,
      onSetup: () => recordStep(deps, commit, 'setup', inWords(setup)),
      onWaiting: (reason) => recordStep(deps, commit, 'waiting', reason),
    },
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
function withoutSecrets({ secrets }: ActivityDeps, spec: SuiteSpec, prepared: Preparation): Preparation {
  if (prepared.ok) return prepared
  return { ...prepared, output: maskText(suitePatterns(secrets, spec), prepared.output) }
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
