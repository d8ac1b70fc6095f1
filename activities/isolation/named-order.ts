import { type CommitSuiteError, invalidInput, type KnownOrder } from '../../src/contract/index.ts'
import type { InOrder } from '../../src/frameworks/in-order/in-order.ts'
import { rankNearMatches } from '../../src/git/near-matches.ts'
import type { LearntOrder } from '../../src/stats/isolation/isolation.ts'
import type { NamedTest, StoredOrder } from '../../src/store/isolations/isolation-store.ts'

/** Linux takes 2 MiB of words and variables together; each word costs 9 bytes more than its own. */
const MOST_BYTES = 1_800_000
const BYTES_PER_WORD = 9
const MOST_COMPARED = 5_000
const MOST_NAMED = 3

interface TellingRun extends Pick<KnownOrder, 'from' | 'run'> {
  /** All tests of it in their order. */
  order: readonly string[]
}

/**
 * An order that a run tells, with what the tool calls each test. Throws `test_not_found` where the victim is not in it,
 * `not_supported` where the names are too many for one command line.
 */
export async function namedOrder(
  { order, ...from }: TellingRun,
  victim: string,
  { argv, nameOf }: Pick<InOrder, 'argv' | 'nameOf'>,
): Promise<StoredOrder> {
  if (!order.includes(victim)) throw unknownTest(victim, order)
  const tests: NamedTest[] = []
  for (const id of order) {
    const name = await nameOf(id)
    if (name !== undefined) tests.push([id, name])
  }
  assertFits([...argv, ...tests.map(([, name]) => name)])
  const before = tests.findIndex(([id]) => id === victim)
  return { ...from, tests, before, leftOut: order.length - tests.length }
}

/** Says which tests there are that were perhaps meant: of a similar name, else of the same class or module. */
export function unknownTest(test: string, known: readonly string[]): CommitSuiteError {
  const similar = rankNearMatches(test, known.slice(0, MOST_COMPARED))
  const group = groupOf(test)
  const module = group.replace(/\.[^.]*$/, '')
  const beside = known.filter((id) => groupOf(id) === group)
  const around = known.filter((id) => groupOf(id).startsWith(module))
  const near = [similar, beside, around].find(({ length }) => length > 0)?.slice(0, MOST_NAMED) ?? []
  const remedy = near.length === 0 ? undefined : `Did you mean ${near.map((id) => JSON.stringify(id)).join(', ')}?`
  return invalidInput('test', test, 'the commit has no test of that name', remedy, 'test_not_found')
}

function assertFits(words: readonly string[]): void {
  const bytes = words.reduce((sum, word) => sum + Buffer.byteLength(word) + BYTES_PER_WORD, 0)
  if (bytes <= MOST_BYTES) return
  const rule = `the names of ${words.length} tests are ${bytes} bytes, more than one command line takes`
  throw invalidInput('test', words.length, rule, 'Run a part of the suite that shows the failure too.', 'not_supported')
}

const SINGLES_OF_A_SMALL_ORDER = 8

/**
 * What the questions go by. First to be tried alone are tests of the victim's own class, the nearest first, which share
 * most state with it: as many as the halving has levels, so that they at most double its questions, each of two tests.
 */
export function learntOrder({ tests, before }: StoredOrder): LearntOrder {
  const places = Array.from({ length: before }, (_, place) => place).toReversed()
  if (before <= SINGLES_OF_A_SMALL_ORDER) return { before, singles: places }
  const own = groupOf(tests[before]?.[0] ?? '')
  const near = places.filter((place) => groupOf(tests[place]?.[0] ?? '') === own)
  return { before, singles: near.slice(0, Math.ceil(Math.log2(before))) }
}

/** The class, or the module of a test without one. */
export const groupOf = (id: string): string => id.split('::')[0] ?? ''
