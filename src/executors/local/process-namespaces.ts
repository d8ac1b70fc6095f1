import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findProgram, systemProgram } from './programs.ts'

const execute = promisify(execFile)

/**
 * How this host can give each run its own copy at the same path: `overlay` over the prepared tree; `copy`, a
 * full copy bound over it (the kernel refuses `redirect_dir`, and with it renames of directories, to overlays
 * of a user namespace); `none` where there are no mount namespaces at all.
 */
export type NamespaceMode = 'overlay' | 'copy' | 'none'

const isRoot = (): boolean => process.getuid?.() === 0

/** The words that let a process die with the one that spawned it; none where there is no `setpriv`. */
export async function dieWithParentEntry(): Promise<string[]> {
  const setpriv = await findProgram('setpriv')
  return setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--']
}

/** The words before the init: namespaces, and the death of everything when the spawning process dies. */
export async function namespaceEntry(): Promise<string[]> {
  const unshare = await systemProgram('unshare')
  const dieWithParent = await dieWithParentEntry()
  const spaces = [unshare, '--mount', '--pid', '--ipc', '--mount-proc', '--fork', '--kill-child', '--']
  // Entering a user namespace changes credentials, which clears the parent-death signal: enter it first.
  const user = isRoot() ? [] : [unshare, '--user', '--map-root-user', '--']
  return [...user, ...dieWithParent, ...spaces]
}

/** The words before the command: its own session, and outside root its own uid again, without capabilities. */
export async function commandEntry(): Promise<string[]> {
  const setsid = await findProgram('setsid')
  const session = setsid === undefined ? [] : [setsid]
  if (isRoot()) return session
  const [uid, gid] = [process.getuid?.(), process.getgid?.()]
  return [await systemProgram('unshare'), '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--', ...session]
}

async function trial(script: string, folder: string): Promise<boolean> {
  const [file = '', ...args] = [...(await namespaceEntry()), '/bin/sh', '-c', script, 'probe', folder]
  return execute(file, [...args, ...(await commandEntry()), '/bin/sh', '-c', ':'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  )
}

const OVERLAY_TRIAL = `cd "$1" && mount -t overlay overlay -o \
lowerdir=lower,upperdir=upper,workdir=work,redirect_dir=on,index=on lower && mv lower/old lower/new && shift && "$@"`
const COPY_TRIAL = 'cd "$1" && mount --bind upper lower && shift && "$@"'

/** Tries what works in the state directory; takes some 20 ms. */
export async function probeNamespaces(stateDir: string): Promise<NamespaceMode> {
  if (process.platform !== 'linux' || (await findProgram('unshare')) === undefined) return 'none'
  await mkdir(stateDir, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(stateDir, 'probe-'))
  try {
    await Promise.all(['lower/old', 'upper', 'work'].map((name) => mkdir(join(folder, name), { recursive: true })))
    if (isRoot() && (await trial(OVERLAY_TRIAL, folder))) return 'overlay'
    return (await trial(COPY_TRIAL, folder)) ? 'copy' : 'none'
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
