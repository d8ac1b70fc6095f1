import type { SuiteRequest, SuiteStatus } from '../contract/index.ts'
import { freshId } from '../requests/fresh-id.ts'
import { parseNetworkRequest } from '../requests/network-request.ts'
import { requestDigest } from '../store/request-digest.ts'
import { untilOnRecord } from '../temporal/until-on-record.ts'
import type { Caller } from './auth/caller.ts'
import type { GatewayDeps } from './deps.ts'
import type { OpenLimit } from './open-limit.ts'

export interface Started {
  suite: string
  status: SuiteStatus
  joined: boolean
}

interface StartOptions {
  /** The same token of the same caller starts once, whatever became of the answer. */
  token?: string | undefined
  /** Never joins: an id that any request had before is `suite_conflict`. */
  alone?: boolean
  /** How long to wait for a worker to admit it, in ms, where the caller has less patience than the gateway. */
  admissionMs?: number
}

const ID_CHARACTERS = 10

/** Starts suites for callers over the network, each within what its key may have open at once. */
export class SuiteStarter {
  readonly #deps: GatewayDeps
  readonly #onStarted: () => void
  readonly #limit: OpenLimit

  constructor(deps: GatewayDeps, limit: OpenLimit, onStarted: () => void) {
    this.#deps = deps
    this.#limit = limit
    this.#onStarted = onStarted
  }

  /**
   * Checks the request, starts its suite and returns once a worker has admitted it. Throws what the request was refused for: `invalid_input`,
   * `repo_not_allowed`, `suite_conflict`, `too_many_suites`, … Where no worker takes it in time the suite is `queued`.
   */
  async start(caller: Caller, asked: SuiteRequest, { token, ...options }: StartOptions = {}): Promise<Started> {
    const given = { ...asked, network: { key: caller.key } }
    const sound = parseNetworkRequest(given, this.#deps.rules)
    // What was left open stays so: a job's repository may still decide it.
    const request = { ...given, repo: sound.repo, isolation: sound.isolation }
    const id = await this.#idFor(caller, asked.id, requestDigest(sound), token)
    const isNew = async () => (await this.#deps.store.suites.get(id)) === undefined
    return await this.#limit.within(caller, isNew, () => this.#begin({ ...request, id }, options))
  }

  async #idFor(caller: Caller, given: string | undefined, digest: string, token: string | undefined): Promise<string> {
    const suite = given ?? freshId('s-', ID_CHARACTERS)
    if (token === undefined) return suite
    // The id is part of what was asked for: with another one it is another request.
    const requestDigest = given === undefined ? digest : `${given} ${digest}`
    return await this.#deps.store.idempotency.bind({ caller: caller.key ?? '', token, requestDigest, suite })
  }

  async #begin(request: SuiteRequest & { id: string }, { alone = false, admissionMs }: StartOptions): Promise<Started> {
    const { control, store, settings } = this.#deps
    const { suite, joined, status } = await control.start(request, { alone })
    if (!joined) this.#onStarted()
    const late = AbortSignal.timeout(admissionMs ?? settings.admissionMs)
    const refusal = await untilOnRecord(store, control, suite, late).catch((error: unknown) => {
      // Accepted all the same: a worker will take it when there is one.
      if (late.aborted && error === late.reason) return undefined
      throw error
    })
    if (refusal !== undefined) throw refusal
    return { suite, status, joined }
  }
}
