import type { Command, RunLimits } from '../../contract/index.ts'

/** Lower, upper and work directory of an overlay, all on this host. */
export interface Layers {
  lower: string
  upper: string
  work: string
}

/** One process tree to start on this host, whatever keeps it apart from the others. */
export interface LaunchRequest {
  command: Command
  /** Relative to the tree. */
  workdir: string
  /** The complete environment except HOME, TMPDIR and PWD, secrets resolved. Never part of argv. */
  env: Record<string, string>
  /** `overlay`: a private writable view of the lower directories. `direct`: the set-up writes the lower ones. */
  writes: 'overlay' | 'direct'
  /** Tree and HOME lie in one folder, lower and upper ones: one overlay may cover both. */
  tree: Layers
  home: Layers
  /** Fresh and empty, of this process tree alone; a plain directory, so that nested overlays work in it. */
  tmp: string
  limits: RunLimits
  /** Files by which a process joins the control groups of this tree, by writing 0 into each. */
  groups: readonly string[]
  /** Only `sandbox` can take the network away; `proxy` is the Unix socket of the filtering proxy. */
  network: { mode: 'host' } | { mode: 'none' } | { mode: 'proxy'; socket: string }
  /** Absolute file to which the init of the process tree writes how the command ended. */
  statusFile: string
}

/** What the runner spawns: one process whose death (SIGKILL) ends the whole tree. */
export interface LaunchPlan {
  argv: [string, ...string[]]
  env: Record<string, string>
  /** Paths as the command sees them. */
  seen: { tree: string; home: string; tmp: string }
}

/** One implementation per isolation: `process.ts`, `sandbox/`, and `slots.ts` where there are no mount namespaces. */
export type PlanLaunch = (request: LaunchRequest) => Promise<LaunchPlan>
