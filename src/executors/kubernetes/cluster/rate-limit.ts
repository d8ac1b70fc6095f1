interface Waiter {
  go(): void
}

/** A token bucket: `burst` requests at once, `perSecond` for long, first come first served. */
export class RateLimit {
  private readonly perSecond: number
  private readonly burst: number
  private tokens: number
  private filledAtMs = performance.now()
  private readonly waiting = new Set<Waiter>()
  private timer: NodeJS.Timeout | undefined

  constructor(perSecond: number, burst: number) {
    this.perSecond = perSecond
    this.burst = burst
    this.tokens = burst
  }

  /** Resolves when a request may go; throws the signal's reason. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.fill()
    if (this.waiting.size === 0 && this.tokens >= 1) {
      this.tokens -= 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const waiter = { go: () => settle(resolve) }
      const settle = (end: () => void): void => {
        this.waiting.delete(waiter)
        signal.removeEventListener('abort', abort)
        end()
      }
      const abort = (): void => settle(() => reject(signal.reason))
      signal.addEventListener('abort', abort, { once: true })
      this.waiting.add(waiter)
      this.schedule()
    })
  }

  private fill(): void {
    const now = performance.now()
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledAtMs) / 1000) * this.perSecond)
    this.filledAtMs = now
  }

  private schedule(): void {
    if (this.timer !== undefined || this.waiting.size === 0) return
    const untilNextMs = Math.max(0, ((1 - this.tokens) / this.perSecond) * 1000)
    this.timer = setTimeout(() => this.serve(), Math.ceil(untilNextMs))
  }

  private serve(): void {
    this.timer = undefined
    this.fill()
    for (const waiter of this.waiting) {
      if (this.tokens < 1) break
      this.tokens -= 1
      waiter.go()
    }
    this.schedule()
  }
}
