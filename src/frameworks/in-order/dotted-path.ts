import { posix } from 'node:path'
import type { TreeReader } from '../framework.ts'

export interface DottedModule {
  /** Relative to the base. */
  path: string
  /** What is left of the dotted name: classes, within each other. */
  classes: string[]
}

/**
 * Finds the Python file that a dotted name begins with, below a folder. Names of folders may have dots in them: what is
 * there decides.
 */
export async function findModule(
  files: Pick<TreeReader, 'list'>,
  base: string,
  dotted: string,
): Promise<DottedModule | undefined> {
  const entries = await files.list(base)
  for (const entry of entries.filter((name) => name.endsWith('/'))) {
    const folder = entry.slice(0, -1)
    if (!dotted.startsWith(`${folder}.`)) continue
    const below = await findModule(files, posix.join(base, folder), dotted.slice(folder.length + 1))
    if (below !== undefined) return { ...below, path: `${folder}/${below.path}` }
  }
  for (const entry of entries.filter((name) => name.endsWith('.py'))) {
    const module = entry.slice(0, -'.py'.length)
    if (dotted === module) return { path: entry, classes: [] }
    if (dotted.startsWith(`${module}.`)) return { path: entry, classes: dotted.slice(module.length + 1).split('.') }
  }
  return undefined
}

/** `classname::name` as reports have it; a name may hold colons itself. */
export function splitId(id: string): { classname: string; name: string } | undefined {
  const at = id.indexOf('::')
  return at < 1 ? undefined : { classname: id.slice(0, at), name: id.slice(at + 2) }
}

/** A working directory as the tree calls it: the root is ''. */
export function folderOf(workdir: string): string {
  const normal = posix.normalize(workdir).replace(/\/$/, '')
  return normal === '.' ? '' : normal
}
