import type { SearchRequest, SearchStatus } from '../contract/index.ts'
import { freshId } from '../requests/fresh-id.ts'
import { parseNetworkSearch } from '../requests/network-request.ts'
import { searchDigest } from '../store/request-digest.ts'
import { untilSearchOnRecord } from '../temporal/until-on-record.ts'
import type { Caller } from './auth/caller.ts'
import type { GatewayDeps } from './deps.ts'
import type { OpenLimit } from './open-limit.ts'

interface StartedSearch {
  search: string
  status: SearchStatus
  joined: boolean
}

const ID_CHARACTERS = 10

/** Starts searches for callers over the network, each within what its key may have open at once. */
export class SearchStarter {
  readonly #deps: GatewayDeps
  readonly #limit: OpenLimit

  constructor(deps: GatewayDeps, limit: OpenLimit) {
    this.#deps = deps
    this.#limit = limit
  }

  /**
   * Checks the request, starts its search and returns once a worker has admitted it. Throws what the request was refused
   * for. Where no worker takes it in time the search is `queued`. The same token of the same caller starts once.
   */
  async start(caller: Caller, asked: SearchRequest, token: string | undefined): Promise<StartedSearch> {
    const given = { ...asked, network: { key: caller.key } }
    const sound = parseNetworkSearch(given, this.#deps.rules)
    const id = await this.#idFor(caller, asked.id, searchDigest(sound), token)
    const isNew = async () => (await this.#deps.store.searches.get(id)) === undefined
    return await this.#limit.within(caller, isNew, () => this.#begin({ ...sound, id }))
  }

  async #idFor(caller: Caller, given: string | undefined, digest: string, token: string | undefined): Promise<string> {
    const search = given ?? freshId('c-', ID_CHARACTERS)
    if (token === undefined) return search
    // The id is part of what was asked for: with another one it is another request.
    const requestDigest = given === undefined ? digest : `${given} ${digest}`
    return await this.#deps.store.idempotency.bind({ caller: caller.key ?? '', token, requestDigest, suite: search })
  }

  async #begin(request: SearchRequest & { id: string }): Promise<StartedSearch> {
    const { control, store, settings } = this.#deps
    const started = await control.searches.start(request)
    const late = AbortSignal.timeout(settings.admissionMs)
    const refusal = await untilSearchOnRecord(store, control, started.search, late).catch((error: unknown) => {
      // Accepted all the same: a worker will take it when there is one.
      if (late.aborted && error === late.reason) return undefined
      throw error
    })
    if (refusal !== undefined) throw refusal
    return started
  }
}
