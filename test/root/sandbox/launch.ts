import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { LaunchRequest, Layers } from '../../../src/executors/local/launch.ts'
import { ownTree } from '../../../src/executors/local/sandbox/identity.ts'
import { planSandbox } from '../../../src/executors/local/sandbox/plan.ts'

/** A host as the sandbox finds it: a state directory, a home, and the environment that names both. */
export interface Host {
  root: string
  state: string
  env: NodeJS.ProcessEnv
  dispose(): void
}

export function makeHost(env: NodeJS.ProcessEnv = {}): Host {
  const root = mkdtempSync(join(tmpdir(), 'sandbox-'))
  chmodSync(root, 0o755)
  const state = join(root, 'state')
  mkdirSync(state)
  return {
    root,
    state,
    env: { PATH: process.env.PATH, HOME: '/root', COMMIT_SUITE_HOME: state, ...env },
    dispose: () => rmSync(root, { recursive: true, force: true }),
  }
}

export interface Ended {
  /** The status file's text. */
  status: string
  code: number | null
  stdout: string
  stderr: string
}

export interface Launched {
  child: ChildProcess
  ended: Promise<Ended>
  upper: { tree: string; home: string }
}

let runs = 0

const makeLayers = (base: string, lower: string): Layers => {
  const layers = { lower, upper: join(base, 'upper'), work: join(base, 'work') }
  for (const path of Object.values(layers)) mkdirSync(path, { recursive: true })
  return layers
}

/** Spawns one sandbox the way a runner does: stdin null, pipes, an own session; `leak` is a descriptor left open. */
export async function launch(
  host: Host,
  shell: string,
  change: Partial<LaunchRequest> = {},
  leak?: number,
): Promise<Launched> {
  const base = join(host.state, 'runs', String(runs++))
  const tree = makeLayers(join(base, 'tree'), join(host.state, 'prepared/tree'))
  const home = makeLayers(join(base, 'home'), join(host.state, 'prepared/home'))
  const tmp = join(base, 'tmp')
  mkdirSync(tmp)
  await ownTree(join(host.state, 'prepared'))
  const statusFile = join(base, 'status')
  const request: LaunchRequest = {
    ...{ command: { shell }, workdir: '.', writes: 'overlay', limits: {}, groups: [], network: { mode: 'none' } },
    ...{ env: { PATH: host.env.PATH ?? '' }, tree, home, tmp, statusFile, ...change },
  }
  const plan = await planSandbox(request, host.env)
  const [program, ...args] = plan.argv
  const many = leak === undefined ? [] : [leak, ...Array<number>(20).fill(leak)]
  const child = spawn(program, args, { env: plan.env, stdio: ['ignore', 'pipe', 'pipe', ...many], detached: true })
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes')
  const code = new Promise<number | null>((resolve) => child.once('close', resolve))
  const ended = Promise.all([code, text(child.stdout), text(child.stderr)]).then(([exit, stdout, stderr]) => ({
    ...{ code: exit, stdout, stderr, status: readFileSync(statusFile, 'utf8') },
  }))
  return { child, ended, upper: { tree: tree.upper, home: home.upper } }
}

/** Launches and waits for the end. */
export const run = async (host: Host, shell: string, change?: Partial<LaunchRequest>): Promise<Ended> =>
  (await launch(host, shell, change)).ended
