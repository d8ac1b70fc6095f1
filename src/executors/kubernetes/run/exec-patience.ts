import { ExecFailed } from '../cluster/exec/exec-failed.ts'

/** A kubelet that was restarted denies for some seconds that it has the pod. */
const DENIED_MS = 30_000

/**
 * Tells which failures of commands in a pod are worth another try. Who asks watches the pod meanwhile: that it is gone
 * or has ended is for the watch to say, not for a command that found none.
 */
export class ExecPatience {
  readonly #untilMs: number
  #deniedSinceMs: number | undefined

  constructor(withinMs: number) {
    this.#untilMs = Date.now() + withinMs
  }

  again(error: unknown): boolean {
    if (!(error instanceof ExecFailed) || error.kind === 'refused' || Date.now() > this.#untilMs) return false
    if (error.kind === 'lost') this.#deniedSinceMs = undefined
    else this.#deniedSinceMs ??= Date.now()
    return this.#deniedSinceMs === undefined || Date.now() - this.#deniedSinceMs < DENIED_MS
  }
}
