import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import {
  bootCommand,
  deliverCommand,
  parseState,
  type RunnerMode,
  stateCommand,
} from '../../../src/executors/kubernetes/in-pod/commands.ts'
import { delivery } from '../../../src/executors/kubernetes/in-pod/delivery.ts'
import { until } from '../../support/until.ts'

const run = promisify(execFile)

/** A shell, and the tools that come with it, as an image may have them. */
export interface Toolbox {
  name: string
  program: string
  applets: boolean
}

/** Those that this machine has; every Debian has two of them. */
export const toolboxes: Toolbox[] = [
  { name: 'dash', program: '/usr/bin/dash', applets: false },
  { name: 'bash', program: '/usr/bin/bash', applets: false },
  { name: 'busybox', program: '/usr/bin/busybox', applets: true },
].filter(({ program }) => existsSync(program))

const isRoot = process.getuid?.() === 0
/** Nobody else's here, so that limits on a user's processes bind one pod at a time. */
let nextUid = 40_000 + (process.pid % 20_000)
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const UNSHARE = [
  ...(isRoot ? [] : ['--user', '--map-root-user']),
  ...['--pid', '--fork', '--kill-child', '--mount', '--mount-proc', '--propagation', 'private'],
]

export interface Executed {
  exitCode: number
  stdout: Buffer
  stderr: string
}

/**
 * What a container is to the runner: a first process in a process namespace of its own, and commands that come into
 * it from outside, without a parent there and in sessions of their own.
 */
export class PodLike {
  readonly folder: string
  /** Where the volume would be. */
  readonly root: string
  /** A folder of the container's own besides. */
  readonly shared: string
  readonly #init: ChildProcessWithoutNullStreams
  readonly #env: NodeJS.ProcessEnv
  /** As in a restricted pod: neither root nor able to become it. */
  readonly #user: readonly string[]
  /** The first process's exit code, once it has ended. */
  readonly ended: Promise<number | null>

  private constructor(folder: string, env: NodeJS.ProcessEnv, user: readonly string[], setUp: string) {
    this.folder = folder
    this.root = join(folder, 'volume')
    this.shared = join(folder, 'shared')
    this.#env = env
    this.#user = user
    const boot = bootCommand(this.root, [this.shared])
    const within = setUp === '' ? boot : ['sh', '-c', `${setUp}; exec "$@"`, 'sh', ...boot]
    this.#init = spawn('/usr/bin/unshare', [...UNSHARE, ...user, 'setsid', ...within], { env })
    this.#init.stdout.resume()
    this.#init.stderr.resume()
    this.ended = once(this.#init, 'exit').then(([code]) => (typeof code === 'number' ? code : null))
  }

  /** `setUp` is done by the first process before it boots. */
  static async start(toolbox: Toolbox, setUp = ''): Promise<PodLike> {
    const folder = await mkdtemp(join(tmpdir(), 'in-pod-'))
    const bin = join(folder, 'bin')
    await Promise.all(['bin', 'volume', 'shared'].map((name) => mkdir(join(folder, name))))
    if (toolbox.applets) await run(toolbox.program, ['--install', '-s', bin])
    else await symlink(toolbox.program, join(bin, 'sh'))
    // The root of a user namespace may read what is closed to it, until its capabilities go.
    const user = ['/usr/bin/setpriv', '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all']
    if (isRoot) {
      const uid = nextUid++
      await Promise.all(
        [folder, bin, join(folder, 'volume'), join(folder, 'shared')].map((path) => chown(path, uid, uid)),
      )
      // A change of the user takes back that it dies with its parent.
      user.push(`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--pdeathsig=KILL')
    }
    return new PodLike(folder, { PATH: `${bin}:${SYSTEM_PATH}` }, user, setUp)
  }

  /** Sends the runner in, with a tree and a HOME of these files. */
  async deliver(mode: RunnerMode, files: Record<string, string> = {}, deadlineMs = 600_000): Promise<Executed> {
    const source = join(this.folder, 'source')
    await mkdir(join(source, 'tree'), { recursive: true })
    await mkdir(join(source, 'home'), { recursive: true })
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(source, name, '..'), { recursive: true })
      await writeFile(join(source, name), content)
    }
    const path = join(this.folder, 'pack.tgz')
    await run('tar', ['-C', source, '--mtime=@1000000000', '-czf', path, 'tree', 'home'])
    const pieces = await delivery({ path, sizeBytes: (await stat(path)).size })
    const command = this.enter(deliverCommand(this.root, pieces.sizeBytes, mode, deadlineMs))
    const end = finished(command)
    // Standard input stays open, as it does where a cluster cannot pass its end on.
    for await (const piece of pieces.bytes()) command.stdin.write(piece)
    return await end
  }

  /** Starts a command as `kubectl exec` does. */
  enter(argv: readonly string[]): ChildProcessWithoutNullStreams {
    const at = `/proc/${this.#init.pid}/ns`
    const into = [`--pid=${at}/pid_for_children`, `--mount=${at}/mnt`]
    const credentials = isRoot ? [] : [`--user=${at}/user`, '--preserve-credentials']
    return spawn('/usr/bin/nsenter', [...credentials, ...into, ...this.#user, 'setsid', ...argv], { env: this.#env })
  }

  async exec(argv: readonly string[], input: string | Uint8Array = ''): Promise<Executed> {
    const command = this.enter(argv)
    const end = finished(command)
    command.stdin.write(input)
    return await end
  }

  async state() {
    return parseState((await this.exec(stateCommand(this.root))).stdout.toString())
  }

  /** Processes that are alive in here, but for the one that asks. */
  async processes(): Promise<string> {
    const { stdout } = await this.exec(['sh', '-c', 'for p in /proc/[0-9]*; do tr "\\0" " " <$p/cmdline; echo; done'])
    return stdout.toString()
  }

  async idle(): Promise<void> {
    await until('the runner is idle', async () => (await this.state())?.phase === 'idle')
  }

  async stop(): Promise<void> {
    this.#init.kill('SIGKILL')
    await this.ended
    // What was prepared is closed between runs, and a run may have closed folders of its own: only root removes those.
    await finished(spawn('chmod', ['-R', 'u+rwx', this.folder]))
    // Its processes die with it, but not at the same moment.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
}

async function finished(command: ChildProcessWithoutNullStreams): Promise<Executed> {
  command.stdin.on('error', () => undefined)
  const [stdout, stderr, [code]] = await Promise.all([
    buffer(command.stdout),
    text(command.stderr),
    once(command, 'close'),
  ])
  command.stdin.destroy()
  return { exitCode: typeof code === 'number' ? code : -1, stdout, stderr }
}
