import type { IsolationStatus, OpenIsolation, SoundIsolation } from '../contract/index.ts'
import { freshId } from '../requests/fresh-id.ts'
import { filledByRun } from '../requests/isolation-request.ts'
import { parseNetworkIsolation } from '../requests/network-request.ts'
import { isolationDigest } from '../store/request-digest.ts'
import { untilIsolationOnRecord } from '../temporal/until-on-record.ts'
import type { Caller } from './auth/caller.ts'
import type { GatewayDeps } from './deps.ts'
import type { OpenLimit } from './open-limit.ts'
import { visibleRun } from './routes/visible.ts'

interface StartedIsolation {
  isolation: string
  status: IsolationStatus
  joined: boolean
}

const ID_CHARACTERS = 10

/** Starts isolations for callers over the network, each within what its key may have open at once. */
export class IsolationStarter {
  readonly #deps: GatewayDeps
  readonly #limit: OpenLimit

  constructor(deps: GatewayDeps, limit: OpenLimit) {
    this.#deps = deps
    this.#limit = limit
  }

  /**
   * Checks the request, starts its isolation and returns once a worker has admitted it. Throws what the request was
   * refused for. Where no worker takes it in time it is `queued`. The same token of the same caller starts once.
   */
  async start(caller: Caller, asked: OpenIsolation, token: string | undefined): Promise<StartedIsolation> {
    const { store, rules } = this.#deps
    const given = { ...asked, network: { key: caller.key } }
    const run = asked.run === undefined ? undefined : await visibleRun(store, caller, asked.run)
    const sound = parseNetworkIsolation(run === undefined ? given : filledByRun(given, run), rules)
    const id = await this.#idFor(caller, asked.id, isolationDigest(sound), token)
    const isNew = async () => (await store.isolations.get(id)) === undefined
    return await this.#limit.within(caller, isNew, () => this.#begin({ ...sound, id }))
  }

  async #idFor(caller: Caller, given: string | undefined, digest: string, token: string | undefined): Promise<string> {
    const isolation = given ?? freshId('i-', ID_CHARACTERS)
    if (token === undefined) return isolation
    // The id is part of what was asked for: with another one it is another request.
    const requestDigest = given === undefined ? digest : `${given} ${digest}`
    return await this.#deps.store.idempotency.bind({ caller: caller.key ?? '', token, requestDigest, suite: isolation })
  }

  async #begin(request: SoundIsolation & { id: string }): Promise<StartedIsolation> {
    const { control, store, settings } = this.#deps
    const started = await control.isolations.start(request)
    const late = AbortSignal.timeout(settings.admissionMs)
    const refusal = await untilIsolationOnRecord(store, control, started.isolation, late).catch((error: unknown) => {
      // Accepted all the same: a worker will take it when there is one.
      if (late.aborted && error === late.reason) return undefined
      throw error
    })
    if (refusal !== undefined) throw refusal
    return started
  }
}
