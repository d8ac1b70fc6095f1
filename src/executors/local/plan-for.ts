import { mkdir } from 'node:fs/promises'
import type { Isolation } from '../../contract/index.ts'
import type { LocalHost } from './host.ts'
import type { LaunchRequest, PlanLaunch } from './launch.ts'
import { joinCgroups } from './limits/run-cgroups.ts'
import { planSlot, processPlanner } from './process.ts'
import { dieWithParentEntry } from './process-namespaces.ts'
import type { RunSpec } from './runner/protocol.ts'

/** How process trees of an isolation are planned on this host, and what the runner must know about them. */
export interface Planning {
  plan: PlanLaunch
  terminate: RunSpec['terminate']
  /** An init in a PID namespace writes how the command ended and takes everything with it when it exits. */
  hasInit: boolean
}

export async function planningFor(host: LocalHost, isolation: Isolation): Promise<Planning> {
  if (isolation === 'sandbox') return { plan: sandboxPlanner(host), terminate: 'group', hasInit: true }
  const mode = await host.namespaces()
  if (mode === 'none') return { plan: planSlot, terminate: 'descendants', hasInit: false }
  return { plan: processPlanner(mode), terminate: 'descendants', hasInit: true }
}

function sandboxPlanner(host: LocalHost): PlanLaunch {
  return async (request) => {
    // Lazily: most hosts never start a sandbox.
    const { planSandbox } = await import('./sandbox/plan.ts')
    await makeLayers(request)
    const plan = await planSandbox(request, host.workerEnv)
    const argv = joinCgroups(request.groups, [...(await dieWithParentEntry()), ...plan.argv])
    const [file, ...args] = argv
    return { ...plan, argv: [file ?? plan.argv[0], ...args] }
  }
}

async function makeLayers({ tree, home, writes }: LaunchRequest): Promise<void> {
  if (writes === 'direct') return
  await Promise.all([tree.upper, tree.work, home.upper, home.work].map((path) => mkdir(path, { recursive: true })))
}
