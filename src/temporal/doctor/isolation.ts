import { access, chmod, mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { runQuietly } from '../../process/run-quietly.ts'
import { type Check, ok, warning } from './check.ts'

const TIMEOUT_MS = 10_000
const isRoot = (): boolean => process.getuid?.() === 0

const TRIAL = `
set -e
mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work$2" "$1/seen"
mkdir "$1/seen/made"
mv "$1/seen/there" "$1/seen/moved"
test -d "$1/seen/moved"
`

/** Tries what a run needs: an overlay in private mount and PID namespaces, with a renamed directory in it. */
export async function checkNamespaces(config: Config): Promise<Check> {
  const name = 'mount and PID namespaces, overlay'
  if (process.platform !== 'linux') {
    return warning(name, `not on ${process.platform}`, 'Runs use fixed slots instead; use Linux for full isolation.')
  }
  await mkdir(config.stateDir, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(config.stateDir, 'doctor-'))
  try {
    for (const part of ['lower/there', 'upper', 'work', 'seen']) await mkdir(join(folder, part), { recursive: true })
    const identity = isRoot() ? [] : ['--user', '--map-root-user']
    const options = isRoot() ? ',redirect_dir=on,index=on' : ''
    const args = [...identity, '--mount', '--pid', '--fork', 'sh', '-c', TRIAL, 'trial', folder, options]
    const { code, output } = await runQuietly('unshare', args, { timeoutMs: TIMEOUT_MS })
    const who = isRoot() ? 'as root' : 'with user namespaces'
    if (code === 0) return ok(name, `work ${who}`)
    const remedy =
      'Runs use fixed slots instead. Run as root, allow unprivileged user namespaces, or put COMMIT_SUITE_HOME on ext4 or xfs.'
    return warning(name, `do not work ${who}: ${output.split('\n').at(-1) ?? ''}`, remedy)
  } finally {
    // The kernel leaves a folder there that not even its owner may read.
    await chmod(join(folder, 'work', 'work'), 0o700).catch(() => {})
    await rm(folder, { recursive: true, force: true })
  }
}

export function checkSandbox(): Check {
  if (isRoot()) return ok('sandbox', 'root: runs get another uid')
  return warning('sandbox', 'not root: runs cannot get another uid', 'Start as root for --isolation sandbox.')
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Which control groups there are to limit memory and processes with, and whether we may make some. */
export async function checkControlGroups(root = '/sys/fs/cgroup'): Promise<Check> {
  const name = 'control groups'
  const remedy = 'Limits of memory and processes fall back to resource limits per process; give us a writable cgroup.'
  if (await exists(join(root, 'cgroup.controllers'))) {
    const controllers = (await readFile(join(root, 'cgroup.controllers'), 'utf8')).trim()
    return (await isWritable(root)) ? ok(name, `v2 (${controllers})`) : warning(name, 'v2, not writable', remedy)
  }
  if (await exists(join(root, 'memory'))) {
    const writable = await isWritable(join(root, 'memory'))
    return writable ? ok(name, 'v1') : warning(name, 'v1, not writable', remedy)
  }
  return warning(name, 'none', remedy)
}

/** Only making a group tells: a read-only mount and a missing permission look alike to `access`. */
async function isWritable(folder: string): Promise<boolean> {
  const trial = join(folder, `commit-suite-doctor-${process.pid}`)
  try {
    await mkdir(trial)
    // A control group is removed as a folder; the files in it cannot be unlinked.
    await rmdir(trial)
    return true
  } catch {
    return false
  }
}
