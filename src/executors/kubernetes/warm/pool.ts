/** A pod that serves one run after another. */
export interface WarmPod {
  name: string
  node: string
  /** Runs that it has served. */
  runs: number
}

export interface ExistingPod {
  pod: WarmPod
  /** The run that goes on in it. */
  running: string | null
  /** Runs that have ended in it and whose results it still holds. */
  ended: readonly string[]
}

/** Pods of a commit that an earlier worker left. */
export interface LeftPods {
  pods: ExistingPod[]
  /** Numbers of those that were not ready for a run yet: started again, they are found. */
  unready: number[]
  /** The highest number of all, those that are going included: their names are taken. */
  last: number
}

export interface PoolPods {
  existing(): Promise<LeftPods>
  /** A new pod, ready for its first run, or the one of this number; waits for room and says why. */
  start(nth: number, onWaiting: (reason: string) => Promise<void>): Promise<WarmPod>
  /** Whether an idle pod is still good for a run. */
  isAlive(pod: WarmPod): Promise<boolean>
  remove(pod: WarmPod): Promise<void>
}

interface Waiter {
  run: string
  take: PromiseWithResolvers<WarmPod>
  onWaiting(reason: string): Promise<void>
}

/**
 * The warm pods of one commit. Runs take pods in the order in which they asked; a pod is started for a run only
 * where none is idle, and serves whoever comes first once it is ready.
 */
export class WarmPool {
  readonly #pods: PoolPods
  readonly #runsPerPod: number
  readonly #busy = new Map<string, WarmPod>()
  /** Runs that ended under an earlier worker, which may not have stored them: asked for again, they are found. */
  readonly #ended = new Map<string, WarmPod>()
  /** Runs by pod whose results are stored: the next run that comes to the pod says so. */
  readonly #forgettable = new Map<string, Set<string>>()
  readonly #waiters: Waiter[] = []
  #unready: number[] = []
  #idle: WarmPod[] = []
  #starting = 0
  #started = 0
  #adopted: Promise<void> | undefined

  constructor(pods: PoolPods, runsPerPod: number) {
    this.#pods = pods
    this.#runsPerPod = runsPerPod
  }

  /** The pod of a run: the one that has it already, or the next one that is free. */
  async claim(run: string, signal: AbortSignal, onWaiting: (reason: string) => Promise<void>): Promise<WarmPod> {
    await this.#whenAdopted()
    signal.throwIfAborted()
    const known = this.#busy.get(run) ?? this.#ended.get(run)
    if (known !== undefined) return known
    const waiter = { run, take: Promise.withResolvers<WarmPod>(), onWaiting }
    this.#waiters.push(waiter)
    const leave = (): void => {
      const at = this.#waiters.indexOf(waiter)
      if (at >= 0) this.#waiters.splice(at, 1)
      waiter.take.reject(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      void this.#serve()
      return await waiter.take.promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** Ends a run's hold on its pod. One that is not healthy, or has served enough, is replaced. */
  async giveBack(run: string, healthy: boolean): Promise<void> {
    this.#ended.delete(run)
    const pod = this.#busy.get(run)
    if (pod === undefined) return
    this.#busy.delete(run)
    pod.runs += 1
    const stays = healthy && pod.runs < this.#runsPerPod
    if (stays) this.#idle.push(pod)
    const served = this.#serve()
    if (!stays) await this.#drop(pod)
    await served
  }

  /** The results of a run that began under an earlier worker, or an earlier attempt, were stored by it. */
  async settle(run: string): Promise<void> {
    await this.#whenAdopted()
    const pod = this.#busy.get(run) ?? this.#ended.get(run)
    if (pod === undefined) return
    this.mayForget(pod, run)
    // How it ended is not known here.
    await this.giveBack(run, false)
  }

  /** The results of a run are stored: its pod need not hold them any more. */
  mayForget({ name }: WarmPod, run: string): void {
    const known = this.#forgettable.get(name) ?? new Set()
    this.#forgettable.set(name, known.add(run))
  }

  toForget({ name }: WarmPod): string[] {
    return [...(this.#forgettable.get(name) ?? [])]
  }

  forgotten({ name }: WarmPod, runs: readonly string[]): void {
    for (const run of runs) this.#forgettable.get(name)?.delete(run)
  }

  async #whenAdopted(): Promise<void> {
    this.#adopted ??= this.#adopt().catch((error: unknown) => {
      this.#adopted = undefined
      throw error
    })
    await this.#adopted
  }

  async #adopt(): Promise<void> {
    const { pods, unready, last } = await this.#pods.existing()
    for (const { pod, running, ended } of pods) {
      if (running === null) this.#idle.push(pod)
      else this.#busy.set(running, pod)
      for (const run of ended) this.#ended.set(run, pod)
    }
    this.#unready = unready
    this.#started = last
  }

  /** Gives idle pods to those who wait, and starts as many more as are missing. */
  async #serve(): Promise<void> {
    for (let pod = this.#nextIdle(); pod !== undefined; pod = this.#nextIdle()) {
      const alive = await this.#pods.isAlive(pod).catch(() => false)
      const waiter = alive ? this.#waiters.shift() : undefined
      if (waiter !== undefined) {
        this.#busy.set(waiter.run, pod)
        waiter.take.resolve(pod)
      } else if (alive) this.#idle.push(pod)
      else await this.#drop(pod).catch(() => undefined)
    }
    while (this.#starting < this.#waiters.length) void this.#startOne()
  }

  #nextIdle(): WarmPod | undefined {
    return this.#waiters.length > 0 ? this.#idle.shift() : undefined
  }

  async #drop(pod: WarmPod): Promise<void> {
    this.#forgettable.delete(pod.name)
    for (const [run, holder] of this.#ended) if (holder === pod) this.#ended.delete(run)
    await this.#pods.remove(pod)
  }

  async #startOne(): Promise<void> {
    this.#starting += 1
    const tell = async (reason: string): Promise<void> => {
      await Promise.all(this.#waiters.map((waiter) => waiter.onWaiting(reason)))
    }
    try {
      this.#idle.push(await this.#pods.start(this.#unready.shift() ?? ++this.#started, tell))
    } catch (error) {
      // Those who wait learn what stands in the way; a later one may find it gone.
      this.#waiters.shift()?.take.reject(error)
    } finally {
      this.#starting -= 1
    }
    await this.#serve()
  }
}
