import type { Command } from '../../../contract/index.ts'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { ExecutionContext, Preparation, PrepareRequest } from '../../executor.ts'
import { describeCommand } from '../command-line.ts'
import type { LocalHost } from '../host.ts'
import type { LaunchRequest } from '../launch.ts'
import { launch, removeWorkspace } from '../launch-run.ts'
import type { Ending } from '../runner/protocol.ts'
import { readCaptured } from '../runner/spool-reader.ts'

const OUTPUT_BYTES = 65_536
/** Twice what is shown, because only the half at the end of a spool is its tail. */
const SPOOL_BYTES = 2 * OUTPUT_BYTES
const GRACE_MS = 3_000

/** Names of the set-up's process trees: of the prepared tree, not of the lane, since lanes share it. */
export const setupPrefix = (treeKey: string): string => `setup/${treeKey}/`

/** Runs the set-up commands in order in the tree itself; undefined when all went well. */
export async function runSetup(
  host: LocalHost,
  request: PrepareRequest,
  { treeKey, network }: Pick<Step, 'treeKey' | 'network'>,
  context: ExecutionContext,
): Promise<Extract<Preparation, { ok: false }> | undefined> {
  const deadline = Date.now() + request.timeoutMs
  for (const [index, command] of request.setup.entries()) {
    const failure = await runStep(host, request, { treeKey, network, index, command, deadline }, context)
    if (failure !== undefined) return failure
  }
  return undefined
}

interface Step {
  treeKey: string
  network: LaunchRequest['network']
  index: number
  command: Command
  deadline: number
}

async function runStep(
  host: LocalHost,
  request: PrepareRequest,
  { treeKey, network, index, command, deadline }: Step,
  { signal }: ExecutionContext,
): Promise<Extract<Preparation, { ok: false }> | undefined> {
  const { suite, sha, workdir, env, secretEnv, isolation, limits } = request
  const name = `${setupPrefix(treeKey)}${index}`
  const timeoutMs = Math.max(1, deadline - Date.now())
  const tree = { command, workdir, env, secretEnv, isolation, limits, timeoutMs, graceMs: GRACE_MS }
  const started = await launch(host, {
    ...tree,
    owner: { name, suite, sha, treeKey },
    writes: 'direct',
    network,
    outputCapBytes: SPOOL_BYTES,
  })
  const kill = (): void => void host.runner.kill(name).catch(() => undefined)
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()
  try {
    const state = await host.runner.wait(name)
    signal.throwIfAborted()
    if (state?.type !== 'ended') throw new CommitSuiteError('runner_lost', 'The runner was lost during the set-up.')
    return await failureOf(command, state.ending, started.workspace)
  } finally {
    signal.removeEventListener('abort', kill)
    await host.runner.dispose(name).catch(() => undefined)
    await removeWorkspace(started.workspace)
  }
}

async function failureOf(
  command: Command,
  ending: Ending,
  workspace: string,
): Promise<Extract<Preparation, { ok: false }> | undefined> {
  if (ending.fault !== null) throw new CommitSuiteError('environment_lost', `The set-up was lost: ${ending.fault}.`)
  if (ending.killed) throw new CommitSuiteError('environment_lost', 'The set-up was ended by another session.')
  if (ending.exitCode === 0 && !ending.timedOut) return undefined
  const streams = await Promise.all([
    readCaptured(workspace, 'stdout', ending.stdout, SPOOL_BYTES),
    readCaptured(workspace, 'stderr', ending.stderr, SPOOL_BYTES),
  ])
  const bytes = Buffer.concat(streams.flatMap(({ head, tail }) => [head, tail]))
  const end = ending.timedOut ? '\nended by its time-out' : ending.signal === null ? '' : `\nended by ${ending.signal}`
  const output = bytes.subarray(-OUTPUT_BYTES + end.length).toString('utf8') + end
  return { ok: false, step: 'setup', command: describeCommand(command), exitCode: ending.exitCode, output }
}
