import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { removeRunCgroups } from '../limits/run-cgroups.ts'
import { lanePrefix } from '../places.ts'
import { WORKSPACE_FILES } from '../runner/protocol.ts'
import { removeWorkspaceFolder } from '../workspace.ts'
import type { RetireWorkspace } from './run-once.ts'

/**
 * Of each lane the workspaces of the last run and of the last failed one stay until `release`, which knows
 * whether people want to look at them.
 */
export function retainLast(): { retire: RetireWorkspace; forget(suite: string, sha: string): void } {
  const lanes = new Map<string, { last?: string; lastFailed?: string }>()
  return {
    async retire({ key }, completion, workspace) {
      const lane = lanePrefix(key.suite, key.sha)
      const before = lanes.get(lane) ?? {}
      const failed = completion.exitCode !== 0 || completion.timedOut
      const after = failed ? { last: workspace, lastFailed: workspace } : { ...before, last: workspace }
      lanes.set(lane, after)
      const kept: string[] = Object.values(after)
      const dropped = Object.values(before).filter((path) => !kept.includes(path))
      for (const stream of ['stdout', 'stderr'] as const) {
        if (completion[stream].tail.length > 0) rmSync(join(workspace, WORKSPACE_FILES.tail(stream)), { force: true })
      }
      // The control groups of a dropped one went when it was retired itself.
      await Promise.all([removeRunCgroups(basename(workspace)), ...[...new Set(dropped)].map(removeWorkspaceFolder)])
    },
    forget(suite, sha) {
      lanes.delete(lanePrefix(suite, sha))
    },
  }
}
