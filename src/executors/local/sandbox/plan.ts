import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { LaunchPlan, LaunchRequest, Layers } from '../launch.ts'
import { commandVariables } from './environment.ts'
import { renderFstab } from './fstab.ts'
import { FORWARDER_UID, SANDBOX_UID } from './identity.ts'
import { hostPlaces, isWithin } from './places.ts'
import { FORWARDER_FILES, FORWARDER_SCRIPT, OWN_ETC, privateMounts, temporaryMounts } from './private-mounts.ts'
import { systemProgram, TRUSTED_PATH } from './programs.ts'
import { FORWARDER_PORT, SEEN } from './seen.ts'
import { type HostView, hostView } from './view.ts'

const NAMESPACES = ['--mount', '--pid', '--net', '--ipc', '--uts', '--fork', '--kill-child', '--propagation', 'private']

const shipped = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const COMMAND_SCRIPT = readFileSync(shipped('command.sh'), 'utf8')

/**
 * Plans a process tree in its own mount, PID, network, IPC and UTS namespaces, as another uid without
 * capabilities or new privileges, on a root that holds only the system's programs, the toolchains of `hostEnv`,
 * the tree, HOME and a temporary directory (also at /tmp and /var/tmp). Needs root: see `assertSandboxSupported`.
 * Lower directories must belong to the sandbox's user already: see `ownTree`.
 *
 * `unshare` is the process to kill: its death ends everything. SIGTERM to its process group reaches every
 * process of the sandbox once. The status file gets one line, `exit <n>`, n being what `sh` would see in `$?`;
 * it is empty when the sandbox itself failed, with the cause on stderr and exit code 125.
 *
 * @param hostEnv the environment whose toolchains and hidden places count: that of this process
 * @throws CommitSuiteError `isolation_unavailable` for `host` networking or paths that every sandbox would see
 */
export async function planSandbox(
  request: LaunchRequest,
  hostEnv: NodeJS.ProcessEnv = process.env,
): Promise<LaunchPlan> {
  if (request.network.mode === 'host') {
    throw new CommitSuiteError('isolation_unavailable', 'A sandbox never gets the network of the host.')
  }
  const places = hostPlaces(hostEnv)
  const view = hostView(hostEnv, places)
  refuseVisiblePaths(request, view, places.hidden)
  const workdir = join(SEEN.tree, request.workdir)
  return {
    argv: [systemProgram('unshare') ?? 'unshare', ...NAMESPACES, '--', 'bash', shipped('init.sh'), ...argvOf(request)],
    env: { PATH: TRUSTED_PATH, ...initVariables(request, view), ...commandVariables(request, workdir, view.env) },
    seen: { ...SEEN },
  }
}

const argvOf = ({ command }: LaunchRequest): string[] =>
  'argv' in command ? command.argv : ['bash', '-c', command.shell]

/** A run must not see the files of others because someone put the state directory below /opt. */
function refuseVisiblePaths(request: LaunchRequest, view: HostView, hidden: readonly string[]): void {
  const paths = [...Object.values(request.tree), ...Object.values(request.home), request.tmp, request.statusFile]
  const visible = paths.find(
    (path) => view.roots.some((root) => isWithin(path, root)) && !hidden.some((place) => isWithin(path, place)),
  )
  if (visible === undefined) return
  throw new CommitSuiteError(
    'isolation_unavailable',
    `${visible} lies where every sandbox can read; set COMMIT_SUITE_HOME to a directory below /var or a home.`,
  )
}

function layerVariables(name: string, layers: Layers, overlay: boolean): Record<string, string> {
  return {
    [`CS_${name}_LOWER`]: overlay ? layers.lower : '',
    [`CS_${name}_UPPER`]: layers.upper,
    [`CS_${name}_WORK`]: layers.work,
  }
}

function initVariables(request: LaunchRequest, view: HostView): Record<string, string> {
  const overlay = request.writes === 'overlay'
  const forward = request.network.mode === 'proxy'
  const etc = OWN_ETC.map((name) => `/commit-suite/etc/${name}`)
  const files = [...view.files, '/dev/ptmx', ...etc, ...(forward ? FORWARDER_FILES : [])]
  const directories = ['/commit-suite/host', ...Object.values(SEEN), '/run', ...files.map((file) => dirname(file))]
  const below = (paths: readonly string[]): string => [...new Set(paths)].map((path) => path.slice(1)).join('\n')
  const mounts = [...temporaryMounts(request, view.belowTmp), ...view.mounts, ...privateMounts(request)]
  return {
    CS_COPY: below(view.copies),
    CS_DIRS: below(directories),
    CS_FILES: below(files),
    CS_OWNED: [...(overlay ? [request.tree.upper, request.home.upper] : []), request.tmp].join('\n'),
    CS_MOUNTS: renderFstab(mounts),
    ...layerVariables('TREE', request.tree, overlay),
    ...layerVariables('HOME', request.home, overlay),
    CS_STATUS: request.statusFile,
    CS_UID: String(SANDBOX_UID),
    CS_EXEC: COMMAND_SCRIPT,
    CS_FORWARD: forward ? String(FORWARDER_UID) : '',
    CS_FORWARD_SCRIPT: FORWARDER_SCRIPT,
    CS_FORWARD_PORT: String(FORWARDER_PORT),
  }
}
