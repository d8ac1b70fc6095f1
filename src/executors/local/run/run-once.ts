import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { CommitSuiteError, type ErrorCode, formatRunId } from '../../../contract/index.ts'
import type { RunCompletion, RunContext, RunRequest } from '../../executor.ts'
import { wasCancelled } from '../../was-cancelled.ts'
import type { LocalHost } from '../host.ts'
import { launch, type ProcessTree, removeWorkspace } from '../launch-run.ts'
import { ranOutOfMemory } from '../limits/run-cgroups.ts'
import { lanePrefix, treePlaces, workspacePlaces } from '../places.ts'
import type { Ending, RunState } from '../runner/protocol.ts'
import { claimSlot, usesSlots } from '../slots.ts'
import { readOwner } from '../workspace.ts'
import { collectReports } from './collect-reports.ts'
import { finishOutput, streamWhile } from './stream-output.ts'

/** After these the run is over for good; its next try starts from nothing. */
const ENDED: readonly ErrorCode[] = ['run_lost', 'runner_lost']

export const runName = ({ key, try: attemptTry }: Pick<RunRequest, 'key' | 'try'>): string =>
  `${lanePrefix(key.suite, key.sha)}${key.attempt}.${key.generation}.${attemptTry}`

/** Keeps or removes the workspace of a run whose results are stored. */
export type RetireWorkspace = (request: RunRequest, completion: RunCompletion, workspace: string) => Promise<void>

/** Starts or adopts the run, streams its output and waits for its end. */
export async function runOnce(
  host: LocalHost,
  request: RunRequest,
  context: RunContext,
  retire: RetireWorkspace,
): Promise<RunCompletion> {
  const name = runName(request)
  context.signal.throwIfAborted()
  if (!(await usesSlots(host, request.isolation))) {
    return follow(host, request, context, { started: await launch(host, treeOf(request, request.treeKey)), retire })
  }
  const known = await host.runner.find(name)
  if (known !== null) return follow(host, request, context, { started: known, retire })
  const { treeKey, lock } = await claimSlot(host, request.treeKey, context)
  try {
    return await follow(host, request, context, { started: await launch(host, treeOf(request, treeKey)), retire })
  } finally {
    // Until it is disposed of, the runner knows the run, and with it that the slot is in use.
    await lock.release()
  }
}

interface Started {
  started: RunState
  retire: RetireWorkspace
}

async function follow(
  host: LocalHost,
  request: RunRequest,
  context: RunContext,
  { started, retire }: Started,
): Promise<RunCompletion> {
  const { signal } = context
  const { name, workspace } = started
  const left = Promise.withResolvers<never>()
  left.promise.catch(() => undefined)
  const leave = (): void => {
    if (wasCancelled(signal)) void host.runner.kill(name).catch(() => undefined)
    else left.reject(signal.reason)
  }
  signal.addEventListener('abort', leave, { once: true })
  if (signal.aborted) leave()
  try {
    await context.onStarted(new Date(started.type === 'running' ? started.startedAtMs : started.ending.startedAtMs))
    const ended = Promise.race([host.runner.wait(name), left.promise])
    const state = await streamWhile(workspace, ended, (chunk) => context.onOutput(chunk))
    signal.throwIfAborted()
    return await complete(host, request, context, { ending: resultOf(request, state), workspace, retire })
  } catch (error) {
    // A worker that lost its store, or only the activity, must find the run again; a cancelled one leaves nothing.
    if (wasCancelled(signal) || (!signal.aborted && isEnded(error))) {
      await host.runner.dispose(name).catch(() => undefined)
      await removeWorkspace(workspace)
    }
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

const isEnded = (error: unknown): boolean => error instanceof CommitSuiteError && ENDED.includes(error.code)

function treeOf(request: RunRequest, treeKey: string): ProcessTree {
  const { key } = request
  return {
    ...request,
    owner: { name: runName(request), suite: key.suite, sha: key.sha, treeKey },
    writes: 'overlay',
    network: { mode: request.isolation === 'sandbox' ? 'none' : 'host' },
  }
}

function resultOf(request: RunRequest, state: RunState | null): Ending {
  const run = formatRunId(request.key)
  if (state?.type !== 'ended') throw new CommitSuiteError('runner_lost', `The runner no longer knows ${run}.`)
  const { ending } = state
  if (ending.killed) throw new CommitSuiteError('run_lost', `${run} was ended by another session.`)
  return ending
}

async function complete(
  host: LocalHost,
  request: RunRequest,
  context: RunContext,
  { ending, workspace, retire }: { ending: Ending; workspace: string; retire: RetireWorkspace },
): Promise<RunCompletion> {
  const outOfMemory = await ranOutOfMemory(basename(workspace))
  // The kernel may have picked the init itself: then the run has no status, but its end is known.
  if (ending.fault !== null && !outOfMemory) {
    throw new CommitSuiteError('run_lost', `${formatRunId(request.key)} was lost: ${ending.fault}.`)
  }
  const output = await finishOutput(workspace, ending, request.outputCapBytes, (chunk) => context.onOutput(chunk))
  const completion: RunCompletion = {
    exitCode: ending.exitCode,
    signal: ending.fault === null ? ending.signal : 'SIGKILL',
    timedOut: ending.timedOut,
    outOfMemory,
    startedAt: new Date(ending.startedAtMs),
    durationMs: ending.durationMs,
    ...output,
    ...(await reportsOf(host, request, workspace)),
    node: hostname(),
    dispose: async () => {
      await host.runner.dispose(runName(request))
      await retire(request, completion, workspace)
    },
  }
  return completion
}

async function reportsOf(
  host: LocalHost,
  request: RunRequest,
  workspace: string,
): Promise<Pick<RunCompletion, 'files' | 'leftOut'>> {
  if (request.reports.length === 0) return { files: [] }
  const own = workspacePlaces(workspace)
  const owner = await readOwner(workspace)
  const prepared = treePlaces(host.places, owner?.treeKey ?? request.treeKey)
  const inSlot = await usesSlots(host, request.isolation)
  const written = inSlot ? prepared.tree : own.tree
  const before = inSlot ? join(prepared.pristine, 'tree') : prepared.tree
  return collectReports(request.reports, join(written, request.workdir), join(before, request.workdir), own.files)
}
