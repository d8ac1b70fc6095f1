import { hostname } from 'node:os'
import { basename, join } from 'node:path'
import { CommitSuiteError, formatRunId } from '../../../contract/index.ts'
import type { RunCompletion, RunContext, RunRequest } from '../../executor.ts'
import type { LocalHost } from '../host.ts'
import { launch, removeWorkspace } from '../launch-run.ts'
import { ranOutOfMemory } from '../limits/run-cgroups.ts'
import { lanePrefix, treePlaces, workspacePlaces } from '../places.ts'
import type { Ending, RunState } from '../runner/protocol.ts'
import { collectReports } from './collect-reports.ts'
import { finishOutput, streamWhile } from './stream-output.ts'

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
  const { signal } = context
  signal.throwIfAborted()
  const started = await launch(host, treeOf(request, name))
  const kill = (): void => void host.runner.kill(name).catch(() => undefined)
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()
  try {
    await context.onStarted(new Date(started.type === 'running' ? started.startedAtMs : started.ending.startedAtMs))
    const state = await streamWhile(started.workspace, host.runner.wait(name), (chunk) => context.onOutput(chunk))
    signal.throwIfAborted()
    return await complete(host, request, context, resultOf(request, state), started.workspace, retire)
  } catch (error) {
    // A worker that only lost its store must find the run again; one that was cancelled must leave nothing.
    if (signal.aborted || (error instanceof CommitSuiteError && error.code === 'run_lost')) {
      await host.runner.dispose(name).catch(() => undefined)
      await removeWorkspace(started.workspace)
    }
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

function treeOf(request: RunRequest, name: string): Parameters<typeof launch>[1] {
  const { key, treeKey } = request
  return {
    ...request,
    owner: { name, suite: key.suite, sha: key.sha, treeKey },
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
  ending: Ending,
  workspace: string,
  retire: RetireWorkspace,
): Promise<RunCompletion> {
  const outOfMemory = await ranOutOfMemory(basename(workspace))
  // The kernel may have picked the init itself: then the run has no status, but its end is known.
  if (ending.fault !== null && !outOfMemory) {
    throw new CommitSuiteError('run_lost', `${formatRunId(request.key)} was lost: ${ending.fault}.`)
  }
  const output = await finishOutput(workspace, ending, request.outputCapBytes, (chunk) => context.onOutput(chunk))
  const own = workspacePlaces(workspace)
  const prepared = join(treePlaces(host.places, request.treeKey).tree, request.workdir)
  const completion: RunCompletion = {
    exitCode: ending.exitCode,
    signal: ending.fault === null ? ending.signal : 'SIGKILL',
    timedOut: ending.timedOut,
    outOfMemory,
    startedAt: new Date(ending.startedAtMs),
    durationMs: ending.durationMs,
    ...output,
    files: await collectReports(request.reports, join(own.tree, request.workdir), prepared, own.files),
    node: hostname(),
    dispose: async () => {
      await host.runner.dispose(runName(request))
      await retire(request, completion, workspace)
    },
  }
  return completion
}
