import { REPORT_LIMITS, type Reading, type ReadTest, WITHIN } from './reading.ts'

/** What a report says in one place. */
export interface Entry {
  id: string
  /** `unfinished` is a test that began and did not end, `outside` a failure that is no test's. */
  outcome: ReadTest['outcome'] | 'unfinished' | 'outside'
  /** Of a failure. */
  message?: string
}

/** Collects what a report says, test by test. Throws RangeError where it says more than is sound. */
export class ReadTests {
  readonly #tests: ReadTest[] = []
  readonly #outsideTests: { name: string; message: string }[] = []
  readonly #order: string[] = []

  /** Where all of a test stands in one place, tests in the order of their beginnings. */
  add({ id, outcome, message = '' }: Entry): void {
    if (outcome === 'outside') this.outside(id, message)
    else {
      this.began(id)
      if (outcome !== 'unfinished') this.ended(id, outcome, message)
    }
  }

  began(id: string): void {
    assertSound(id, this.#order)
    this.#order.push(id)
  }

  ended(id: string, outcome: ReadTest['outcome'], message = ''): void {
    assertSound(id, this.#tests)
    this.#tests.push({ id, outcome, message })
  }

  outside(name: string, message: string): void {
    assertSound(name, this.#outsideTests)
    this.#outsideTests.push({ name, message })
  }

  /** What was collected. A suite that failed, listed beside its tests as if it were one, is taken for what it is. */
  reading(): Reading {
    const suites = this.#tests.some(isFailed) ? untestedSuites(this.#tests) : new Set<string>()
    const isSuite = (test: ReadTest): boolean => isFailed(test) && suites.has(test.id)
    return {
      type: 'tests',
      tests: this.#tests.filter((test) => !isSuite(test)),
      outsideTests: [
        ...this.#outsideTests,
        ...this.#tests.filter(isSuite).map(({ id, message }) => ({ name: id, message })),
      ],
      order: this.#order.filter((id) => !suites.has(id)),
    }
  }
}

function assertSound(name: string, before: readonly unknown[]): void {
  if (name.length > REPORT_LIMITS.nameLength) throw new RangeError(`a name has ${name.length} characters`)
  if (before.length >= REPORT_LIMITS.tests) throw new RangeError(`more than ${REPORT_LIMITS.tests} tests`)
}

const isFailed = ({ outcome }: ReadTest): boolean => outcome === 'failed'

/** Everything that tests stand within of which not one was run. */
function untestedSuites(tests: readonly ReadTest[]): Set<string> {
  const [tested, untested] = [new Set<string>(), new Set<string>()]
  for (const { id, outcome } of tests) {
    const suites = outcome === 'skipped' ? untested : tested
    for (let at = id.lastIndexOf(WITHIN); at > 0; at = id.lastIndexOf(WITHIN, at - 1)) {
      const suite = id.slice(0, at)
      if (suites.has(suite)) break
      suites.add(suite)
    }
  }
  return new Set([...untested].filter((suite) => !tested.has(suite)))
}
