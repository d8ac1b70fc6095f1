import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { type Config, readConfig } from '../../src/config.ts'
import { type SuiteReport, suiteReportSchema } from '../../src/contract/index.ts'
import { signalProcess } from '../../src/executors/local/runner/process-tree.ts'
import { isSameProcess, type ProcessIdentity, processIdentity } from '../../src/process/identity.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { findStack, type StackInfo } from '../../src/temporal/supervisor/client.ts'
import { until } from './until.ts'

const CLI = resolve('bin/commit-suite.js')

export interface CliResult {
  exitCode: number | undefined
  stdout: string
  stderr: string
}

/** A state directory of its own, as a new user has it, and the command line on it. */
export class Home {
  readonly config: Config
  readonly env: Record<string, string>
  readonly #killed = new Set<number>()

  constructor(stateDir: string, env: Record<string, string>) {
    const cache = process.env.COMMIT_SUITE_CACHE ?? join(homedir(), '.cache', 'commit-suite')
    // One stack for all commands of a test file; `dispose` ends it.
    const alone = { COMMIT_SUITE_LINGER_MS: '60000', GITHUB_ACTIONS: '' }
    // Tests may do all in their cluster; what they test is somebody with a worker's rights there, and observed.
    const { TEST_CLUSTER_PRODUCT_KUBECONFIG: product } = process.env
    const cluster = product === undefined ? {} : { KUBECONFIG: product }
    this.env = { COMMIT_SUITE_HOME: stateDir, COMMIT_SUITE_CACHE: cache, ...alone, ...cluster, ...env }
    this.config = readConfig({ ...process.env, TEMPORAL_ADDRESS: '', ...this.env })
  }

  static async make(env: Record<string, string> = {}): Promise<Home> {
    return new Home(await mkdtemp(join(tmpdir(), 'cs-')), env)
  }

  start(...args: string[]) {
    return execa('node', [CLI, ...args], { env: this.env, reject: false, cleanup: true, cwd: this.config.stateDir })
  }

  async cli(...args: string[]): Promise<CliResult> {
    const { exitCode, stdout, stderr } = await this.start(...args)
    return { exitCode, stdout, stderr }
  }

  /** A command with `--json`, its document parsed and checked; `stderr` is shown where there is none. */
  async report(...args: string[]): Promise<{ exitCode: number | undefined; report: SuiteReport }> {
    const { exitCode, stdout, stderr } = await this.cli(...args, '--json')
    if (stdout === '') throw new Error(`commit-suite ${args.join(' ')} printed no report, but: ${stderr}`)
    return { exitCode, report: suiteReportSchema.parse(JSON.parse(stdout)) }
  }

  store(): Promise<Store> {
    const { stateDir, artifacts, databaseUrl } = this.config
    return openStore({ stateDir, artifacts, databaseUrl })
  }

  async stack(): Promise<StackInfo> {
    const stack = await findStack(this.config)
    if (stack === undefined) throw new Error('no stack runs')
    return stack
  }

  /** The stack once its worker polls and its server answers, neither of them one that was killed. */
  async readyStack(): Promise<StackInfo> {
    let found: StackInfo | undefined
    await until('the stack is ready', async () => {
      found = await findStack(this.config)
      const pids = [found?.workerPid ?? 0, found?.serverPid ?? 0]
      return found?.ready === true && pids.every((pid) => pid > 0 && !this.#killed.has(pid))
    })
    return found ?? (await this.stack())
  }

  /** SIGKILL; what was killed is no longer part of a ready stack, whether its supervisor knows it yet or not. */
  kill(pid: number | null | undefined): void {
    if (typeof pid !== 'number') throw new Error('there is no process to kill')
    this.#killed.add(pid)
    process.kill(pid, 'SIGKILL')
  }

  /**
   * Kills every process that works on this state directory, commands included, until none is left: one may have ended
   * by itself since it was listed, and one may have been started since.
   */
  async killAll(): Promise<void> {
    await until('everything is killed', async () => {
      const found = await this.processes((text) => text.includes(this.config.stateDir))
      for (const pid of found) {
        this.#killed.add(pid)
        signalProcess(pid, 'SIGKILL')
      }
      return found.length === 0
    })
  }

  /** The runner's process, known by its command line. */
  async runner(): Promise<ProcessIdentity | undefined> {
    const [pid] = await this.processes(
      (command) => command.includes('runner/main') && command.includes(this.config.stateDir),
    )
    return pid === undefined ? undefined : await processIdentity(pid)
  }

  /** Pids of processes whose command line or environment `matches`; zombies have neither. */
  async processes(matches: (text: string) => boolean): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
    const found: number[] = []
    for (const pid of pids) {
      if (pid === process.pid) continue
      const text = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      )
      if (matches(text.join('\0'))) found.push(pid)
    }
    return found
  }

  /** Workspaces of runs that still lie in the state directory. */
  async workspaces(): Promise<string[]> {
    return await readdir(join(this.config.stateDir, 'runs')).catch(() => [])
  }

  /** Ends the stack by the pids it tells, and removes the state directory. */
  async dispose(): Promise<void> {
    const stack = await findStack(this.config)
    if (stack !== undefined) {
      const supervisor = await processIdentity(stack.pid)
      signalProcess(stack.pid, 'SIGTERM')
      await until('the stack has ended', async () => supervisor === undefined || !(await isSameProcess(supervisor)))
    }
    const runner = await this.runner()
    if (runner !== undefined) signalProcess(runner.pid, 'SIGKILL')
    await rm(this.config.stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  }
}
