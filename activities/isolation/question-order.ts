import { placesIn } from '../../src/stats/isolation/ranges.ts'
import { shuffleInGroups } from '../../src/stats/isolation/shuffle.ts'
import type { Company } from '../../src/stats/isolation/state.ts'
import type { NamedTest } from '../../src/store/isolations/isolation-store.ts'
import type { Store } from '../../src/store/store.ts'
import { groupOf } from './named-order.ts'

/** The tests that run before the victim in a company; undefined where all run as the project orders them. */
export async function testsBefore(
  { isolations }: Pick<Store, 'isolations'>,
  { id, spec }: { id: string; spec: { test: string } },
  company: Company,
): Promise<NamedTest[] | undefined> {
  switch (company.type) {
    case 'whole':
      return undefined
    case 'shuffled': {
      const order = await isolations.order(id, 'passing')
      const shuffled = shuffleInGroups(order?.tests ?? [], ([test]) => groupOf(test), company.seed)
      return shuffled.slice(
        0,
        shuffled.findIndex(([test]) => test === spec.test),
      )
    }
    case 'before': {
      if (company.tests.length === 0) return []
      const order = await isolations.order(id, company.order)
      return [...placesIn(company.tests)].flatMap((place) => {
        const test = order?.tests[place]
        return test === undefined ? [] : [test]
      })
    }
  }
}
