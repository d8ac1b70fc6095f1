import { setTimeout as delay } from 'node:timers/promises'
import type { TestPostgres } from '../support/postgres.ts'
import type { Part } from './part.ts'
import type { FaultKind } from './schedule.ts'

/** The result database: it crashes, or the connections of all stores are cut again and again. */
export class DatabasePart implements Part {
  readonly kinds: readonly FaultKind[] = ['kill', 'cut']
  readonly #server: TestPostgres

  constructor(server: TestPostgres) {
    this.#server = server
  }

  async suffer(kind: FaultKind, forMs: number): Promise<void> {
    if (kind === 'kill') {
      await this.#server.crash()
      await delay(forMs)
      await this.#server.resume()
      return
    }
    for (const until = Date.now() + forMs; Date.now() < until; await delay(CUT_EVERY_MS))
      await this.#server.cutConnections()
  }

  async stop(): Promise<void> {
    await this.#server.dispose()
  }
}

const CUT_EVERY_MS = 500
