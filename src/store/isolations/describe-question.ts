import type { AskedQuestion } from '../../contract/index.ts'
import { placesIn, sizeOf } from '../../stats/isolation/ranges.ts'
import type { Question } from '../../stats/isolation/state.ts'
import type { StoredOrder } from './isolation-store.ts'

/** Tests of a question that are told by name. */
const NAMED = 3

/** A question as reports and events show it; `order` is the one that its tests stand in. */
export function describeQuestion(question: Question, order: StoredOrder | undefined): AskedQuestion {
  const { number, company, runs, failures, answer } = question
  const counts = { number, runs, failures, answer }
  if (company.type !== 'before') return { company: company.type, tests: 0, names: [], ...counts }
  const { tests } = company
  if (tests.length === 0) return { company: 'alone', tests: 0, names: [], ...counts }
  return { company: 'before', tests: sizeOf(tests), names: firstNames(order, placesIn(tests)), ...counts }
}

export function firstNames(order: StoredOrder | undefined, places: Iterable<number>, most = NAMED): string[] {
  const names: string[] = []
  for (const place of places) {
    if (names.length === most) break
    const id = order?.tests[place]?.[0]
    if (id !== undefined) names.push(id)
  }
  return names
}
