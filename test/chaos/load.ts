import { setTimeout as delay } from 'node:timers/promises'
import { isOpen } from '../../src/contract/index.ts'
import type { Store } from '../../src/store/store.ts'
import { FollowingClient } from '../support/following-client.ts'
import type { Home } from '../support/home.ts'
import type { TestRepository } from '../support/repository.ts'

export interface LoadOptions {
  home: Home
  store: Store
  repository: TestRepository
  gateways: readonly string[]
  /** Of each suite at each commit. */
  runs: number
  /** More options of `run`: where the runs are made. */
  options: readonly string[]
}

/** Which runs fail is said by their seeds, so that a result can be wrong. */
export const failsUnder = (seed: number): boolean => seed % 5 === 0
const COMMAND = 'sleep 0.$((TEST_SEED % 4 + 1)); test $((TEST_SEED % 5)) != 0'
const OPEN_SUITES = 3
const LOOK_EVERY_MS = 300

/** Suites that are asked for one after another, each followed by somebody at the gateways. */
export class Load {
  readonly followers = new Map<string, FollowingClient>()
  readonly options: LoadOptions

  constructor(options: LoadOptions) {
    this.options = options
  }

  /** Keeps suites open until the signal aborts; then waits for those that are. */
  async run(signal: AbortSignal): Promise<void> {
    const open = new Set<Promise<void>>()
    while (!signal.aborted) {
      if (open.size < OPEN_SUITES) {
        const suite: Promise<void> = this.#suite(`chaos-${this.followers.size}`).finally(() => open.delete(suite))
        open.add(suite)
      }
      await Promise.race([delay(LOOK_EVERY_MS), ...(open.size < OPEN_SUITES ? [] : open)])
    }
    await Promise.all(open)
  }

  async #suite(id: string): Promise<void> {
    const { gateways, store } = this.options
    const follower = this.#follow(id, gateways)
    await this.#ask(id)
    for (;;) {
      const suite = await store.suites.get(id).catch(() => undefined)
      if (suite !== undefined && !isOpen(suite.status)) break
      await delay(LOOK_EVERY_MS)
    }
    await follower.ended
  }

  #follow(id: string, gateways: readonly string[]): FollowingClient {
    const follower = new FollowingClient(id, () => gateways)
    this.followers.set(id, follower)
    return follower
  }

  /** As a user would who does not give up: whoever asks again with the same id joins. */
  async #ask(id: string): Promise<void> {
    const { home, repository, runs, options } = this.options
    const commits = repository.shas.join(',')
    const asked = ['--repo', repository.path, '--commits', commits, '--no-setup', '--command', COMMAND]
    for (;;) {
      const { exitCode, stderr } = await home.cli(
        'run',
        ...asked,
        '--runs',
        String(runs),
        '--id',
        id,
        '--detach',
        ...options,
      )
      if (exitCode === 0) return
      if (exitCode === 2) throw new Error(`${id} was refused: ${stderr}`)
      await delay(LOOK_EVERY_MS)
    }
  }
}
