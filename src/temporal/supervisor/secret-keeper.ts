import type { Socket } from 'node:net'
import type { SecretsBySuite } from '../suite-secrets.ts'

interface Kept {
  values: Record<string, string>
  /** Connections of the commands that brought them. */
  holders: Set<Socket>
  /** When the last of them went. */
  leftAtMs: number
}

/** A command that detaches may be gone before its suite is on record. */
const UNTIL_ON_RECORD_MS = 60_000

/**
 * Secret values that commands brought with their leases, in memory only. A suite's values stay while it is open or
 * a command that brought them is there, and the first value of a name stays with them: joining a suite from another
 * environment does not change what its later runs see.
 */
export class SecretKeeper {
  readonly #kept = new Map<string, Kept>()
  readonly #isOpen: (suite: string) => Promise<boolean>

  /** `isOpen`: whether a suite is on record and not finished; where that cannot be known its values stay. */
  constructor(isOpen: (suite: string) => Promise<boolean>) {
    this.#isOpen = (suite) => isOpen(suite).catch(() => true)
  }

  /** Adds what a command brought. */
  async keep(holder: Socket, { suites, values }: { suites: string[]; values: Record<string, string> }): Promise<void> {
    for (const suite of suites) {
      const known = this.#kept.get(suite)
      // What an earlier, refused start under the same id left behind does not count.
      const counts = known !== undefined && (known.holders.size > 0 || (await this.#isOpen(suite)))
      const holders = new Set(known?.holders).add(holder)
      this.#kept.set(suite, { values: counts ? { ...values, ...known.values } : values, holders, leftAtMs: 0 })
    }
  }

  release(holder: Socket): void {
    for (const kept of this.#kept.values()) {
      if (kept.holders.delete(holder)) kept.leftAtMs = Date.now()
    }
  }

  /** Forgets what nobody needs any more; true if anything went. */
  async prune(): Promise<boolean> {
    let changed = false
    for (const [suite, { holders, leftAtMs }] of this.#kept) {
      if (holders.size > 0 || Date.now() - leftAtMs < UNTIL_ON_RECORD_MS || (await this.#isOpen(suite))) continue
      if (holders.size === 0) changed = this.#kept.delete(suite) || changed
    }
    return changed
  }

  bySuite(): SecretsBySuite {
    return Object.fromEntries([...this.#kept].map(([suite, { values }]) => [suite, values]))
  }
}
