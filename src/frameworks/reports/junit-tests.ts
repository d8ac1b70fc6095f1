import { failureMessage } from './failure-message.ts'
import { childrenOf, type Element, parseJunit, textOf } from './junit-xml.ts'
import { type Entry, ReadTests } from './read-tests.ts'
import { isMochaHook, type Reading, testId, unreadable, WITHIN } from './reading.ts'

/** `flaky…` is Surefire's for a failure after which a repetition passed: a test that failed first is what we look for. */
const FAILURES = ['failure', 'error', 'flakyFailure', 'flakyError'] as const
const KEPT = {
  attributes: new Set(['name', 'classname', 'time', 'message', 'type', 'disabled']),
  texts: new Set<string>([...FAILURES, 'stackTrace']),
}

/**
 * Reads tests with their failures from JUnit XML as pytest, Vitest, jest-junit, Mocha's writers, Surefire, gotestsum
 * and Node's own runner write it; see `parseJunit` for where to call it. The order is that of the file.
 */
export async function readJunitTests(bytes: Uint8Array): Promise<Reading> {
  const parsed = await parseJunit(bytes, KEPT)
  if (parsed.type !== 'junit') return parsed
  const { root } = parsed
  const found = new ReadTests()
  try {
    const byNode = isByNode(root)
    readSuite(root, { names: [], byNode }, found)
  } catch (error) {
    return unreadable(error)
  }
  return found.reading()
}

interface Within {
  /** Names of the suites around, outermost first. */
  names: string[]
  /** Node's runner has the class `test` for all tests, or the suites around them again, by its version. */
  byNode: boolean
}

/** Its root has no attributes; tests stand in it directly, or in suites of a kind that only it writes. */
const isByNode = (root: Element): boolean =>
  Object.values(root).every((value) => typeof value !== 'string') &&
  (childrenOf(root, 'testcase').length > 0 || childrenOf(root, 'testsuite').some((suite) => 'disabled' in suite))

function readSuite(suite: Element, within: Within, found: ReadTests): void {
  for (const inner of childrenOf(suite, 'testsuite')) {
    readSuite(inner, { ...within, names: [...within.names, textOf(inner, 'name')] }, found)
  }
  for (const element of childrenOf(suite, 'testcase')) found.add(caseOf(element, within))
  for (const failure of failuresOf(suite)) found.outside(textOf(suite, 'name') || A_SUITE, messageOf(failure))
}

const A_SUITE = 'a suite'

function caseOf(element: Element, { names, byNode }: Within): Entry {
  const name = textOf(element, 'name')
  const classname = textOf(element, 'classname')
  const id = byNode ? [...names, name].join(WITHIN) : testId(classname, name)
  // gotestsum has this for tests that began and did not end, and calls them failed.
  if (textOf(element, 'time').startsWith('-')) return { id, outcome: 'unfinished' }
  const [failure] = failuresOf(element)
  const skips = childrenOf(element, 'skipped')
  if (failure === undefined) return { id, outcome: skips.length > 0 ? 'skipped' : 'passed' }
  // Node's tests that are still to do fail without consequence.
  if (skips.some((skip) => textOf(skip, 'type') === 'todo')) return { id, outcome: 'skipped' }
  const message = messageOf(failure)
  const outside = outsideName({ name, classname, suite: names.at(-1) ?? '', said: textOf(failure, 'message') })
  return outside === undefined ? { id, outcome: 'failed', message } : { id: outside, outcome: 'outside', message }
}

const failuresOf = (element: Element): Element[] => FAILURES.flatMap((kind) => childrenOf(element, kind))

/** Surefire puts the stack of repeated tests into an element of its own. */
function messageOf(failure: Element): string {
  const text = textOf(failure, 'inner').trim() || textOf(childrenOf(failure, 'stackTrace')[0] ?? {}, 'inner')
  return failureMessage({ type: textOf(failure, 'type'), message: textOf(failure, 'message'), text })
}

/** What has failed where a failing test case stands for something else: undefined where it is a test. */
function outsideName({ name, classname, suite, said }: Record<'name' | 'classname' | 'suite' | 'said', string>) {
  // Surefire: a class whose set-up failed.
  if (name === '') return classname || suite || A_SUITE
  // gotestsum: a package that did not build or ended by itself.
  if (classname === '' && name === 'TestMain' && suite !== '') return suite
  // pytest: a file that cannot be imported.
  if (classname === '' && said === 'collection failure') return name
  // Vitest: a file that cannot be loaded.
  if (name === classname && name === suite) return name
  // Node: a file that cannot be loaded or ended by itself.
  if (said === 'test failed' && /\.[cm]?[jt]sx?$/.test(name)) return name
  return isMochaHook(name) ? testId(classname, name) : undefined
}
