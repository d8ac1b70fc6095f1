import { type CommitSuiteError, invalidInput, type ScheduledSweep } from '../../contract/index.ts'
import { type FoundRun, requireRun } from '../../store/find-run.ts'
import type { StoredIsolation } from '../../store/isolations/isolation-store.ts'
import type { StoredSearch } from '../../store/searches/search-store.ts'
import type { RecordReader, StoredSuite, SuiteOwner } from '../../store/store.ts'
import type { SweepControl } from '../../temporal/sweeps.ts'
import { type Caller, maySee } from '../auth/caller.ts'

/** Whose suites and searches a list shows; undefined for all. */
export const ownerFor = ({ role, key }: Caller): SuiteOwner | undefined =>
  role === 'admin' || key === null ? undefined : { key, orNobodys: true }

const unknownSuite = (id: string): CommitSuiteError =>
  invalidInput('suite', id, 'is not on record', 'GET /v1/suites lists those that are.', 'suite_not_found')

/** A suite that the caller may see; any other is `suite_not_found`, so that ids of others cannot be probed. */
export async function visibleSuite(
  store: Pick<RecordReader, 'suites'>,
  caller: Caller,
  id: string,
): Promise<StoredSuite> {
  const suite = await store.suites.get(id)
  if (suite === undefined || !maySee(caller, suite)) throw unknownSuite(id)
  return suite
}

/** A search that the caller may see; any other is `search_not_found`. */
export async function visibleSearch(
  { searches }: Pick<RecordReader, 'searches'>,
  caller: Caller,
  id: string,
): Promise<StoredSearch> {
  const search = await searches.get(id)
  if (search !== undefined && maySee(caller, search)) return search
  const remedy = 'GET /v1/searches lists those that are.'
  throw invalidInput('search', id, 'is not on record', remedy, 'search_not_found')
}

/** An isolation that the caller may see; any other is `isolation_not_found`. */
export async function visibleIsolation(
  { isolations }: Pick<RecordReader, 'isolations'>,
  caller: Caller,
  id: string,
): Promise<StoredIsolation> {
  const isolation = await isolations.get(id)
  if (isolation !== undefined && maySee(caller, isolation)) return isolation
  const remedy = 'GET /v1/isolations lists those that are.'
  throw invalidInput('isolation', id, 'is not on record', remedy, 'isolation_not_found')
}

/** A sweep that the caller may see; any other is `sweep_not_found`. */
export async function visibleSweep(sweeps: SweepControl, caller: Caller, name: string): Promise<ScheduledSweep> {
  const sweep = await sweeps.get(name)
  if (sweep !== undefined && maySee(caller, { spec: sweep.request })) return sweep
  throw invalidInput('sweep', name, 'is no sweep', 'GET /v1/sweeps lists those that are.', 'sweep_not_found')
}

/** A run of such a suite; throws `run_not_found`. */
export async function visibleRun(store: Pick<RecordReader, 'suites'>, caller: Caller, id: string): Promise<FoundRun> {
  const run = await requireRun(store, id)
  if (maySee(caller, run.suite)) return run
  throw invalidInput('run', id, 'its suite is not on record', undefined, 'run_not_found')
}
