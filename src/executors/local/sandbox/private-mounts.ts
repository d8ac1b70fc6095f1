import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LaunchRequest } from '../launch.ts'
import { type Mount, NEW_ROOT, readOnlyBind, tmpfs, writableBind } from './fstab.ts'
import { FORWARDER_FOLDER, SEEN } from './seen.ts'

/** Files of /etc that init writes itself: a user with a name, no real accounts, no real hosts. */
export const OWN_ETC = ['passwd', 'group', 'hosts']

const PROCESSORS = '/sys/devices/system/cpu'

/** Temporary directories: they come first, because toolchains may lie below /tmp. */
export function temporaryMounts(request: LaunchRequest, toolchainsBelowTmp: boolean): Mount[] {
  const places = ['/tmp', '/var/tmp']
  const shared = toolchainsBelowTmp
    ? places.map((path) => tmpfs(path, 'nosuid,nodev,mode=1777'))
    : places.map((path) => writableBind(request.tmp, path))
  return [...shared, writableBind(request.tmp, SEEN.tmp)]
}

/** What each sandbox has of its own: processes, terminals, shared memory, accounts, and (`direct`) tree and HOME. */
export function privateMounts(request: LaunchRequest): Mount[] {
  const direct = request.writes === 'direct'
  return [
    { source: 'proc', target: '/proc', type: 'proc', options: 'nosuid,nodev,noexec' },
    {
      source: 'devpts',
      target: '/dev/pts',
      type: 'devpts',
      options: 'newinstance,ptmxmode=0666,mode=0620,nosuid,noexec',
    },
    tmpfs('/dev/shm', 'nosuid,nodev,noexec,mode=1777'),
    { source: `${NEW_ROOT}/dev/pts/ptmx`, target: '/dev/ptmx', type: 'bind', options: 'bind,nosuid,noexec' },
    ...OWN_ETC.map((name) => readOnlyBind(`${NEW_ROOT}/commit-suite/etc/${name}`, `/etc/${name}`)),
    ...(existsSync(PROCESSORS) ? [readOnlyBind(PROCESSORS)] : []),
    ...(direct ? [writableBind(request.tree.lower, SEEN.tree), writableBind(request.home.lower, SEEN.home)] : []),
    ...(request.network.mode === 'proxy' ? forwarderMounts(request.network.socket) : []),
  ]
}

/** Under Node's own names for module files: there is no package.json around it to say what a `.js` is. */
export const FORWARDER_SCRIPT = `${FORWARDER_FOLDER}/forwarder.${import.meta.url.endsWith('.ts') ? 'mts' : 'mjs'}`
const FORWARDER_SOURCE = new URL(import.meta.url.endsWith('.ts') ? 'forwarder.ts' : 'forwarder.js', import.meta.url)

/** Empty files on which the forwarder's program, script and way out are bound. */
export const FORWARDER_FILES = [`${FORWARDER_FOLDER}/node`, FORWARDER_SCRIPT, `${FORWARDER_FOLDER}/proxy.sock`]

const forwarderMounts = (socket: string): Mount[] => [
  readOnlyBind(process.execPath, `${FORWARDER_FOLDER}/node`),
  readOnlyBind(fileURLToPath(FORWARDER_SOURCE), FORWARDER_SCRIPT),
  writableBind(socket, `${FORWARDER_FOLDER}/proxy.sock`),
]
