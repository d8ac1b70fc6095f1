import type { ReportedTest } from '../contract/index.ts'
import { count, formatRate, plural } from './format.ts'

/** Tests that one sentence names. */
const NAMED = 10

/** What became of the tests in quarantine, and which of them may leave it. */
export function quarantineNotes(tests: readonly ReportedTest[]): string[] {
  const held = tests.filter(({ quarantined }) => quarantined === true)
  const failed = held.filter((test) => test.failed > 0)
  const leaving = held.filter(({ mayLeaveQuarantine }) => mayLeaveQuarantine === true)
  const others = held.filter((test) => !failed.includes(test) && !leaving.includes(test))
  return [
    ...sentence(failed, (some) => `${some} failed, which is no failure of the commit`),
    ...sentence(others, (some) => `${some} did not fail`),
    ...sentence(
      leaving,
      (some) =>
        `${some} passed often enough, here and at earlier commits, to leave the quarantine (failure rate below 1 %)`,
    ),
  ]
}

function sentence(tests: readonly ReportedTest[], say: (some: string) => string): string[] {
  if (tests.length === 0) return []
  const named = tests
    .slice(0, NAMED)
    .map((test) => `${test.id} (${count(test.failed)}/${count(test.runs)}, ${formatRate(test)})`)
  const more = tests.length > NAMED ? [`and ${count(tests.length - NAMED)} more`] : []
  return [`${say(plural(tests.length, 'quarantined test'))}: ${[...named, ...more].join(', ')}.`]
}
