import { invalidInput, type SuiteSpec, wholeOfPart } from '../src/contract/index.ts'
import type { Store } from '../src/store/store.ts'

/**
 * Refuses an id that belongs to a search or an isolation, or is of those that one keeps for the suites that make its runs:
 * they find its secrets by it.
 */
export async function assertOwnId(
  { searches, isolations }: Pick<Store, 'searches' | 'isolations'>,
  { id, partOf }: SuiteSpec,
): Promise<void> {
  const conflict = (rule: string) => invalidInput('id', id, rule, 'Choose another id.', 'suite_conflict')
  if ((await searches.get(id)) !== undefined) throw conflict('belongs to a search')
  if ((await isolations.get(id)) !== undefined) throw conflict('belongs to an isolation')
  const whole = wholeOfPart(id)
  if (whole === undefined || partOf?.id === whole) return
  if ((await searches.get(whole)) !== undefined) throw conflict(`is kept for the runs of the search ${whole}`)
  if ((await isolations.get(whole)) !== undefined) throw conflict(`is kept for the runs of the isolation ${whole}`)
}
