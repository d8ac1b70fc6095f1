import { setTimeout as delay } from 'node:timers/promises'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { RunpodDeps } from './deps.ts'
import type { FoundJob } from './find-job.ts'
import { hasEnded } from './job-state.ts'

const MOST_REMEMBERED = 10_000
const POLL_MS = 100
/** How long a job that no worker has admitted is kept in mind, so as to cancel it once one has. */
const ADMISSION_MS = 10 * 60_000

/**
 * Jobs whose cancellation was asked for here. Their suites are open until everything of them is cleaned up; for
 * clients they are cancelled at once. Another gateway says so once the suite has ended.
 */
export class Cancellations {
  readonly #deps: RunpodDeps
  readonly #asked = new Set<string>()

  constructor(deps: RunpodDeps) {
    this.#deps = deps
  }

  has(id: string): boolean {
    return this.#asked.has(id)
  }

  /** Resolves when the cancellation was accepted; a job that has ended stays as it is. */
  async ask({ id, suite }: FoundJob): Promise<void> {
    if (suite !== undefined && hasEnded(suite)) return
    if (suite === undefined) {
      this.#remember(id)
      this.#onceAdmitted(id).catch(() => this.#asked.delete(id))
      return
    }
    try {
      await this.#deps.control.cancel(id)
    } catch (error) {
      if (error instanceof CommitSuiteError && error.code === 'suite_not_running') return
      throw error
    }
    this.#remember(id)
  }

  #remember(id: string): void {
    this.#asked.add(id)
    for (const oldest of this.#asked) {
      if (this.#asked.size <= MOST_REMEMBERED) break
      this.#asked.delete(oldest)
    }
  }

  async #onceAdmitted(id: string): Promise<void> {
    const { store, control, signal } = this.#deps
    for (const until = Date.now() + ADMISSION_MS; Date.now() < until; ) {
      const suite = await store.suites.get(id)
      if (suite !== undefined) return await this.ask({ id, suite })
      if ((await control.failureOf(id)) !== undefined) return
      await delay(POLL_MS, undefined, { signal })
    }
  }
}
