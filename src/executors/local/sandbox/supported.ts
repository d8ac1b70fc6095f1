import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommitSuiteError } from '../../../contract/index.ts'
import { planSandbox } from './plan.ts'
import { systemProgram } from './programs.ts'

const PROGRAMS = [
  'bash',
  'unshare',
  'setpriv',
  'setsid',
  'mount',
  'umount',
  'pivot_root',
  'cp',
  'mkdir',
  'mkfifo',
  'chown',
]
const REMEDY = 'Run the worker as root, or use --isolation process for code that you trust.'
const TRIAL_TIMEOUT_MS = 20_000

const unavailable = (why: string): CommitSuiteError =>
  new CommitSuiteError('isolation_unavailable', `Isolation "sandbox" cannot be had here: ${why}. ${REMEDY}`)

let trial: Promise<void> | undefined

/**
 * Tries one sandbox, once per process.
 * @throws CommitSuiteError `isolation_unavailable` without root (a user namespace gives no second uid), without
 *   the programs of util-linux, or where the kernel or a container refuses namespaces or overlays
 */
export function assertSandboxSupported(): Promise<void> {
  trial ??= tryOnce()
  return trial
}

async function tryOnce(): Promise<void> {
  if (process.platform !== 'linux') throw unavailable('it needs Linux')
  if (process.getuid?.() !== 0) {
    throw unavailable('it needs root, because code under test must run as another user than the one who looks on')
  }
  const missing = PROGRAMS.filter((name) => systemProgram(name) === undefined)
  if (missing.length > 0) throw unavailable(`${missing.join(', ')} (bash, util-linux, coreutils) not found`)
  const directory = await mkdtemp(join(tmpdir(), 'commit-suite-trial-'))
  try {
    await launchTrial(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function launchTrial(directory: string): Promise<void> {
  const layersOf = async (name: string) => {
    const at = (layer: string): string => join(directory, name, layer)
    for (const layer of ['lower', 'upper', 'work']) await mkdir(at(layer), { recursive: true })
    return { lower: at('lower'), upper: at('upper'), work: at('work') }
  }
  const tmp = join(directory, 'tmp')
  await mkdir(tmp)
  const plan = await planSandbox({
    ...{ command: { argv: ['true'] }, workdir: '.', env: {}, writes: 'overlay', limits: {}, groups: [] },
    ...{ network: { mode: 'none' }, tree: await layersOf('tree'), home: await layersOf('home') },
    ...{ tmp, statusFile: join(directory, 'status') },
  })
  const [program, ...args] = plan.argv
  const result = spawnSync(program, args, {
    env: plan.env,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TRIAL_TIMEOUT_MS,
  })
  if (result.status !== 0) throw unavailable(result.stderr.toString().trim().replaceAll('\n', '; ') || 'a trial failed')
}
