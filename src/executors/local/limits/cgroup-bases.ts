import { constants } from 'node:fs'
import { access, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export const CONTROLLERS = ['memory', 'pids', 'cpu'] as const
export type Controller = (typeof CONTROLLERS)[number]

/** A control group under which this process may make others. */
export interface CgroupBase {
  version: 1 | 2
  path: string
}

interface Mount {
  path: string
  type: string
  options: string[]
}

async function cgroupMounts(): Promise<Mount[]> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [left = '', right = ''] = line.split(' - ')
    const [type = '', , options = ''] = right.split(' ')
    const path = left.split(' ')[4]
    return type.startsWith('cgroup') && path !== undefined ? [{ path, type, options: options.split(',') }] : []
  })
}

/** Own path per controller, '' for version 2. */
async function ownPaths(): Promise<Map<string, string>> {
  const text = await readFile('/proc/self/cgroup', 'utf8').catch(() => '')
  const entries = text.split('\n').flatMap((line): [string, string][] => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    return controllers === undefined || path === undefined ? [] : controllers.split(',').map((name) => [name, path])
  })
  return new Map(entries)
}

const isWritable = (path: string): Promise<boolean> =>
  access(path, constants.W_OK).then(
    () => true,
    () => false,
  )

async function hasController(folder: string, controller: Controller): Promise<boolean> {
  const enabled = (file: string) => readFile(join(folder, file), 'utf8').catch(() => '')
  if ((await enabled('cgroup.subtree_control')).split(/\s+/).includes(controller)) return true
  if (!(await enabled('cgroup.controllers')).split(/\s+/).includes(controller)) return false
  // Refused while the group itself holds processes, unless it is the root.
  return writeFile(join(folder, 'cgroup.subtree_control'), `+${controller}`).then(
    () => true,
    () => false,
  )
}

/** Where groups with this controller can be made; undefined where the system does not let us. */
export async function findBase(controller: Controller): Promise<CgroupBase | undefined> {
  const [mounts, own] = await Promise.all([cgroupMounts(), ownPaths()])
  const legacy = mounts.find((mount) => mount.type === 'cgroup' && mount.options.includes(controller))
  if (legacy !== undefined) {
    // In a container the path may be the host's, which is not there.
    for (const path of [join(legacy.path, own.get(controller) ?? ''), legacy.path]) {
      if (await isWritable(path)) return { version: 1, path }
    }
  }
  for (const mount of mounts.filter(({ type }) => type === 'cgroup2')) {
    const mine = join(mount.path, own.get('') ?? '')
    for (const path of [mine, dirname(mine), mount.path]) {
      if (!path.startsWith(mount.path) || !(await isWritable(path))) continue
      if (await hasController(path, controller)) return { version: 2, path }
    }
  }
  return undefined
}
