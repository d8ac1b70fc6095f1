import { mkdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { commandLine } from './command-line.ts'
import { copyTree } from './copy-tree.ts'
import type { LaunchPlan, LaunchRequest, PlanLaunch } from './launch.ts'
import { joinCgroups } from './limits/run-cgroups.ts'
import { PROCESS_INIT } from './process-init.ts'
import { commandEntry, dieWithParentEntry, type NamespaceMode, namespaceEntry } from './process-namespaces.ts'
import { systemProgram, withOwnPrograms } from './programs.ts'

/**
 * Isolation `process`: mount, PID and IPC namespaces, the tree and HOME private at the same absolute path.
 * It guards against accidents only. Run by the user who runs the worker.
 */
export function processPlanner(mode: Exclude<NamespaceMode, 'none'>): PlanLaunch {
  return async (request) => {
    const writes = request.writes === 'direct' ? 'direct' : mode
    const base = dirname(request.tree.lower)
    const workdir = join(request.tree.lower, request.workdir)
    const argv = [
      ...(await namespaceEntry()),
      ...['/bin/sh', '-c', PROCESS_INIT, 'commit-suite-init', request.statusFile, writes, base],
      await systemProgram('mount'),
      request.groups.join(' '),
      ...(await makeLayers(request, writes, base)),
      ...[request.tree.lower, request.home.lower, workdir],
      ...(await commandEntry()),
      ...(await commandLine(request.command)),
    ]
    return planOf(request, argv, workdir)
  }
}

/** Where there are no mount namespaces: the command itself, in the slot that the caller made for it. */
export const planSlot: PlanLaunch = async (request) => {
  const workdir = join(request.tree.lower, request.workdir)
  const enter = ['/bin/sh', '-c', 'cd "$1" || exit 125; shift; unset OLDPWD; exec "$@"', 'commit-suite-init', workdir]
  const argv = [...(await dieWithParentEntry()), ...enter, ...(await commandLine(request.command))]
  return planOf(request, joinCgroups(request.groups, argv), workdir)
}

function planOf(request: LaunchRequest, argv: string[], workdir: string): LaunchPlan {
  const [file = '/bin/sh', ...args] = argv
  const seen = { tree: request.tree.lower, home: request.home.lower, tmp: request.tmp }
  const own = { PATH: withOwnPrograms(seen.home, request.env.PATH), HOME: seen.home, TMPDIR: seen.tmp, PWD: workdir }
  return { argv: [file, ...args], env: { ...request.env, ...own }, seen }
}

/** Makes the private layer; returns the two words about it that the init takes. */
async function makeLayers(
  { tree, home }: LaunchRequest,
  writes: Exclude<NamespaceMode, 'none'> | 'direct',
  base: string,
): Promise<[string, string]> {
  switch (writes) {
    case 'direct':
      return ['', '']
    case 'copy':
      for (const { upper } of [tree, home]) mkdirSync(upper, { recursive: true })
      await Promise.all([tree, home].map(({ lower, upper }) => copyTree(lower, upper)))
      return [tree.upper, home.upper]
    case 'overlay': {
      const layers: [string, string] = [dirname(tree.upper), tree.work]
      for (const folder of layers) mkdirSync(folder, { recursive: true })
      return [relative(base, layers[0]), relative(base, layers[1])]
    }
  }
}
