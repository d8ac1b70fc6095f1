import { mkdir } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { commandLine } from './command-line.ts'
import { copyTree } from './copy-tree.ts'
import type { LaunchPlan, LaunchRequest, Layers, PlanLaunch } from './launch.ts'
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
    await Promise.all([request.tree, request.home].map((layers) => makeLayers(layers, writes)))
    const base = dirname(request.tree.lower)
    const workdir = join(request.tree.lower, request.workdir)
    const argv = [
      ...(await namespaceEntry()),
      ...['/bin/sh', '-c', PROCESS_INIT, 'commit-suite-init', request.statusFile, writes, base],
      await systemProgram('mount'),
      ...mountWords(base, request.tree),
      ...mountWords(base, request.home),
      workdir,
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
  return planOf(request, [...(await dieWithParentEntry()), ...enter, ...(await commandLine(request.command))], workdir)
}

function planOf(request: LaunchRequest, argv: string[], workdir: string): LaunchPlan {
  const [file = '/bin/sh', ...args] = argv
  const seen = { tree: request.tree.lower, home: request.home.lower, tmp: request.tmp }
  const own = { PATH: withOwnPrograms(seen.home, request.env.PATH), HOME: seen.home, TMPDIR: seen.tmp, PWD: workdir }
  return { argv: [file, ...args], env: { ...request.env, ...own }, seen }
}

function mountWords(base: string, layers: Layers): [string, string, string, string] {
  return [relative(base, layers.lower), relative(base, layers.upper), relative(base, layers.work), layers.lower]
}

async function makeLayers(layers: Layers, writes: NamespaceMode | 'direct'): Promise<void> {
  if (writes === 'direct') return
  await mkdir(layers.upper, { recursive: true })
  if (writes === 'overlay') await mkdir(layers.work, { recursive: true })
  if (writes === 'copy') await copyTree(layers.lower, layers.upper)
}
