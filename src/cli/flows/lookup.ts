import { CommitSuiteError, quoteValue } from '../../contract/index.ts'
import type { IsolationRecord, SearchRecord, Site, SuiteRecord } from '../site/site.ts'

/** The suite on record; throws `suite_not_found`. */
export async function requireSuite(site: Site, id: string): Promise<SuiteRecord> {
  const suite = await site.suite(id)
  if (suite !== undefined) return suite
  throw new CommitSuiteError(
    'suite_not_found',
    `ID: ${quoteValue(id)} – there is no such suite. commit-suite list shows those on record.`,
    { field: 'ID', value: id },
  )
}

/** The search of an id that no suite has; undefined where there is none either. */
export async function searchOf(site: Site, id: string): Promise<SearchRecord | undefined> {
  return (await site.suite(id)) === undefined ? await site.searches.get(id) : undefined
}

/** The isolation of an id that no suite has; undefined where there is none either. */
export async function isolationOf(site: Site, id: string): Promise<IsolationRecord | undefined> {
  return (await site.suite(id)) === undefined ? await site.isolations.get(id) : undefined
}
