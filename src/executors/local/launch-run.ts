import { basename } from 'node:path'
import type { Command, Isolation, RunLimits } from '../../contract/index.ts'
import { resolveSecrets } from '../resolve-secrets.ts'
import type { LocalHost } from './host.ts'
import type { LaunchRequest } from './launch.ts'
import { makeRunCgroups, removeRunCgroups } from './limits/run-cgroups.ts'
import { treePlaces, workspacePlaces } from './places.ts'
import { planningFor } from './plan-for.ts'
import type { RunState } from './runner/protocol.ts'
import { makeWorkspace, removeWorkspaceFolder, type WorkspaceOwner } from './workspace.ts'

/** Tells processes of a run that left its tree, where no PID namespace holds them. */
const MARKER = 'COMMIT_SUITE_RUN'

/** One process tree of a suite, set-up or run. */
export interface ProcessTree {
  owner: WorkspaceOwner
  command: Command
  workdir: string
  env: Record<string, string>
  secretEnv: string[]
  isolation: Isolation
  limits: RunLimits
  writes: LaunchRequest['writes']
  network: LaunchRequest['network']
  timeoutMs: number
  graceMs: number
  outputCapBytes: number
}

/** Starts the tree, or returns the state of the one that has its name already. */
export async function launch(host: LocalHost, tree: ProcessTree): Promise<RunState> {
  const workspace = makeWorkspace(host.places, tree.owner)
  try {
    const state = await startIn(host, tree, workspace)
    // It ran already, or another caller was quicker: that workspace counts.
    if (state.workspace !== workspace) await removeWorkspace(workspace)
    return state
  } catch (error) {
    await removeWorkspace(workspace)
    throw error
  }
}

async function startIn(host: LocalHost, tree: ProcessTree, workspace: string): Promise<RunState> {
  const prepared = treePlaces(host.places, tree.owner.treeKey)
  const own = workspacePlaces(workspace)
  const { plan: planLaunch, terminate, hasInit } = await planningFor(host, tree.isolation)
  const plan = await planLaunch({
    command: tree.command,
    workdir: tree.workdir,
    env: {
      ...host.environment(),
      ...tree.env,
      ...resolveSecrets(tree.owner.suite, tree.secretEnv, host.secrets),
    },
    writes: tree.writes,
    tree: { lower: prepared.tree, upper: own.tree, work: own.treeWork },
    home: { lower: prepared.home, upper: own.home, work: own.homeWork },
    tmp: own.tmp,
    limits: tree.limits,
    groups: await makeRunCgroups(basename(workspace), tree.limits),
    network: tree.network,
    statusFile: own.status,
  })
  return host.runner.start({
    name: tree.owner.name,
    argv: plan.argv,
    env: hasInit ? plan.env : { ...plan.env, [MARKER]: basename(workspace) },
    workspace,
    statusFile: hasInit ? own.status : null,
    terminate,
    timeoutMs: tree.timeoutMs,
    graceMs: tree.graceMs,
    outputCapBytes: tree.outputCapBytes,
    marker: hasInit ? null : `${MARKER}=${basename(workspace)}`,
  })
}

/** Removes a workspace whose processes are gone, with its control groups. */
export async function removeWorkspace(workspace: string): Promise<void> {
  await Promise.all([removeWorkspaceFolder(workspace), removeRunCgroups(basename(workspace))])
}
