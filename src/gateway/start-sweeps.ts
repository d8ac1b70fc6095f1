import type { CreatedSweep, SweepBackfill } from '../contract/http/sweeps.ts'
import { CommitSuiteError, type SweepRequest } from '../contract/index.ts'
import { parseNetworkSweep } from '../requests/network-request.ts'
import { sweepSummary } from '../store/sweeps/documents.ts'
import type { Caller } from './auth/caller.ts'
import type { GatewayDeps } from './deps.ts'
import type { OpenLimit } from './open-limit.ts'
import { visibleSweep } from './routes/visible.ts'

/** Creates and fires sweeps for callers over the network, each within what its key may have. */
export class SweepStarter {
  readonly #deps: GatewayDeps
  readonly #limit: OpenLimit

  constructor(deps: GatewayDeps, limit: OpenLimit) {
    this.#deps = deps
    this.#limit = limit
  }

  /** A key may have as many sweeps as open suites; throws `too_many_suites`, and what the request is refused for. */
  async create(caller: Caller, asked: SweepRequest): Promise<CreatedSweep> {
    const { control, store, rules } = this.#deps
    const request = parseNetworkSweep({ ...asked, network: { key: caller.key } }, rules)
    return await this.#limit.oneAfterAnother(caller, async () => {
      if ((await control.sweeps.get(request.name)) === undefined) await this.#assertRoom(caller)
      const { sweep, joined } = await control.sweeps.create(request)
      return { ...(await sweepSummary(store, sweep)), joined, workers: await control.countWorkers() }
    })
  }

  async trigger(caller: Caller, name: string): Promise<void> {
    const { control } = this.#deps
    const { request } = await visibleSweep(control.sweeps, caller, name)
    await this.#limit.within(
      caller,
      async () => true,
      () => control.sweeps.trigger(request.name),
    )
  }

  async backfill(caller: Caller, name: string, range: SweepBackfill): Promise<void> {
    const { control } = this.#deps
    const { request } = await visibleSweep(control.sweeps, caller, name)
    await this.#limit.within(
      caller,
      async () => true,
      () => control.sweeps.backfill(request.name, range),
    )
  }

  async #assertRoom({ key, openSuites }: Caller): Promise<void> {
    if (key === null) return
    const own = (await this.#deps.control.sweeps.list()).filter(({ request }) => request.network?.key === key)
    if (own.length < openSuites) return
    const message = `The key ${key} has ${openSuites} sweeps, as many as it may have suites open. Delete one.`
    throw new CommitSuiteError('too_many_suites', message, { field: 'openSuites', value: openSuites })
  }
}
