import { invalidInput } from '../../contract/index.ts'
import type { FrameworkName } from '../framework.ts'
import type { TestsInOrder } from './in-order.ts'
import { pytestInOrder } from './pytest.ts'
import { unittestInOrder } from './unittest.ts'

/**
 * Tools that can be told which tests to run in which order. The others cannot: `go test`, Jest, Vitest, Node's runner and
 * Surefire take patterns and keep an order of their own, and all but Go run each file in a process or module world of
 * its own; Mocha orders files, not tests.
 */
const IN_ORDER: Partial<Record<FrameworkName, TestsInOrder>> = { pytest: pytestInOrder, unittest: unittestInOrder }

/** Throws `not_supported` for a framework that cannot run chosen tests in a given order. */
export function testsInOrder(framework: FrameworkName | null): TestsInOrder {
  const inOrder = framework === null ? undefined : IN_ORDER[framework]
  if (inOrder !== undefined) return inOrder
  const rule = `cannot run chosen tests in a given order; ${Object.keys(IN_ORDER).join(' and ')} can`
  const remedy = 'Where the tests are run by one of these, name it in --command.'
  throw invalidInput('framework', framework ?? 'none', rule, remedy, 'not_supported')
}
