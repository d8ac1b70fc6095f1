import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { processIdentity } from '../../../process/identity.ts'
import { endFromCode } from '../../exit-or-signal.ts'
import { type CommandEnd, readStatus, startedFile, writtenAtMs } from './ending.ts'
import { descendantsOf, identitiesOf, killMarked, signalProcess, waitUntilGone } from './process-tree.ts'
import { type Ending, type RunSpec, type RunState, WORKSPACE_FILES } from './protocol.ts'
import { StreamSpool } from './stream-spool.ts'

/** How long pipes may stay open after all processes of the run are gone: somebody else got hold of them. */
const DRAIN_MS = 5_000
const GONE_MS = 10_000

/** One process tree from its start to its completion. */
export class SupervisedRun {
  readonly spec: RunSpec
  readonly ended: Promise<Ending>
  #ending: Ending | undefined
  readonly #child: ChildProcess
  readonly #spawnedAtMs = Date.now()
  readonly #spools: { stdout: StreamSpool; stderr: StreamSpool }
  #timer: NodeJS.Timeout | undefined
  #timedOut = false
  #killed = false
  #killing: Promise<void> | undefined

  constructor(spec: RunSpec) {
    this.spec = spec
    const spool = (stream: 'stdout' | 'stderr') =>
      new StreamSpool(
        join(spec.workspace, WORKSPACE_FILES.head(stream)),
        join(spec.workspace, WORKSPACE_FILES.tail(stream)),
        spec.outputCapBytes,
      )
    this.#spools = { stdout: spool('stdout'), stderr: spool('stderr') }
    const [file, ...args] = spec.argv
    // `detached` gives the tree its own session, so that no signal for the runner's group reaches it.
    const child = spawn(file, args, { env: spec.env, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    child.stdout.on('data', (bytes: Buffer) => this.#keep('stdout', bytes))
    child.stderr.on('data', (bytes: Buffer) => this.#keep('stderr', bytes))
    this.ended = this.#supervise()
    this.#arm(spec.timeoutMs)
  }

  state(): RunState {
    const { name, workspace } = this.spec
    return this.#ending === undefined
      ? { type: 'running', name, workspace, startedAtMs: this.#spawnedAtMs }
      : { type: 'ended', name, workspace, ending: this.#ending }
  }

  /** Ends every process of the run at once; resolves when they are gone and the completion is there. */
  async kill(): Promise<void> {
    if (this.#ending !== undefined) return
    this.#killed = true
    await this.#killTree()
    await this.ended
  }

  #keep(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    try {
      this.#spools[stream].write(bytes)
    } catch {
      // A full disk must not end the runner; the reader finds the spool short and reports the run as lost.
    }
  }

  async #supervise(): Promise<Ending> {
    let spawnFault: string | undefined
    this.#child.on('error', (error) => {
      spawnFault = error.message
    })
    const closed = new Promise<void>((resolve) => this.#child.once('close', () => resolve()))
    if (this.#child.pid !== undefined) {
      await this.#noteIdentity(this.#child.pid)
      if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    } else {
      await closed
    }
    clearTimeout(this.#timer)
    const endedAtMs = Date.now()
    if (this.spec.marker !== null) await this.#killStrays(this.spec.marker)
    await this.#killing
    await Promise.race([closed, delay(DRAIN_MS, undefined, { ref: false })])
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    this.#spools.stdout.close()
    this.#spools.stderr.close()
    this.#ending = this.#conclude(spawnFault, endedAtMs)
    return this.#ending
  }

  async #noteIdentity(pid: number): Promise<void> {
    const identity = await processIdentity(pid)
    if (identity === undefined) return
    try {
      const note = { ...identity, marker: this.spec.marker }
      writeFileSync(join(this.spec.workspace, WORKSPACE_FILES.identity), JSON.stringify(note))
    } catch {
      // Only a runner that takes over after a crash would need it.
    }
  }

  async #killStrays(marker: string): Promise<void> {
    const pid = this.#child.pid
    if (pid !== undefined) signalProcess(-pid, 'SIGKILL')
    await killMarked(marker)
  }

  #startedAtMs(): number {
    const { statusFile } = this.spec
    const started = statusFile === null ? undefined : writtenAtMs(startedFile(statusFile))
    return started ?? this.#spawnedAtMs
  }

  #arm(timeoutMs: number): void {
    this.#timer = setTimeout(() => void this.#onTimer(), timeoutMs)
  }

  async #onTimer(): Promise<void> {
    // The time of the run counts from the command's start, which comes some mounts after the spawn.
    const leftMs = this.#startedAtMs() + this.spec.timeoutMs - Date.now()
    if (this.#ending !== undefined || this.#killed) return
    if (leftMs > 1) return this.#arm(leftMs)
    this.#timedOut = true
    await this.#terminate()
    this.#timer = setTimeout(() => void this.#killTree(), this.spec.graceMs)
  }

  async #terminate(): Promise<void> {
    const pid = this.#child.pid
    if (pid === undefined) return
    if (this.spec.terminate === 'group') return void signalProcess(-pid, 'SIGTERM')
    // The spawned process itself only waits for the tree; where it is the command, it gets the signal too.
    if (this.spec.statusFile === null) signalProcess(pid, 'SIGTERM')
    for (const descendant of await descendantsOf(pid)) signalProcess(descendant, 'SIGTERM')
  }

  #killTree(): Promise<void> {
    this.#killing ??= this.#killAll()
    return this.#killing
  }

  async #killAll(): Promise<void> {
    const pid = this.#child.pid
    if (pid === undefined) return
    const tree = await identitiesOf(await descendantsOf(pid))
    if (this.#child.exitCode === null && this.#child.signalCode === null) signalProcess(-pid, 'SIGKILL')
    await waitUntilGone(tree, GONE_MS)
  }

  #conclude(spawnFault: string | undefined, endedAtMs: number): Ending {
    const end = this.#commandEnd(spawnFault)
    const startedAtMs = this.#startedAtMs()
    const { statusFile } = this.spec
    const finishedAtMs = (statusFile === null ? undefined : writtenAtMs(statusFile)) ?? endedAtMs
    return {
      exitCode: end.type === 'exit' ? end.exitCode : null,
      signal: end.type === 'signal' ? end.signal : null,
      fault: end.type === 'fault' ? end.message : null,
      timedOut: this.#timedOut,
      killed: this.#killed,
      startedAtMs,
      durationMs: Math.max(0, Math.round(finishedAtMs - startedAtMs)),
      stdout: this.#spools.stdout.sizes(),
      stderr: this.#spools.stderr.sizes(),
    }
  }

  #commandEnd(spawnFault: string | undefined): Exclude<CommandEnd, { type: 'unknown' }> {
    if (spawnFault !== undefined) return { type: 'fault', message: spawnFault }
    const { exitCode, signalCode } = this.#child
    if (this.spec.statusFile === null) {
      return signalCode === null ? knownEnd(endFromCode(exitCode ?? 0)) : { type: 'signal', signal: signalCode }
    }
    const end = readStatus(this.spec.statusFile)
    if (end.type !== 'unknown') return end
    if (this.#timedOut || this.#killed) return { type: 'signal', signal: 'SIGKILL' }
    return {
      type: 'fault',
      message: `the init of the run ended without a status (${signalCode ?? `exit ${exitCode}`})`,
    }
  }
}

function knownEnd(end: CommandEnd): Exclude<CommandEnd, { type: 'unknown' }> {
  return end.type === 'unknown' ? { type: 'fault', message: 'no status' } : end
}
