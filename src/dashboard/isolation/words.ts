import type { AskedQuestion, IsolationAnswer, IsolationReport } from '../../contract/isolation-report.ts'
import { plural } from '../../report/format.ts'

/** What an isolation found, in a few words. */
export function answerWords(answer: IsolationAnswer | null): string {
  switch (answer) {
    case 'polluter':
      return 'fails after other tests'
    case 'brittle':
      return 'fails alone, passes after other tests'
    case 'fails-alone':
      return 'fails alone'
    case 'not-order-dependent':
      return 'does not depend on other tests'
    case 'not-enough-evidence':
      return 'not enough evidence'
    case null:
      return 'none yet'
  }
}

/** The same as a sentence about the test; those that it needs stand below it. */
export function answerSentence({ answer, before, shuffles }: IsolationReport): string {
  const others = before.length === 1 ? 'this test' : `these ${before.length} tests`
  switch (answer) {
    case 'polluter':
      return `It passes alone, and fails after ${others}:`
    case 'brittle':
      return `It fails alone, and passes after ${others}:`
    case 'fails-alone':
      return 'It fails alone, and no order is known in which it passes.'
    case 'not-order-dependent':
      return `It does not depend on what runs before it${shuffles === 0 ? '.' : `, nor in ${plural(shuffles, 'random order')}.`}`
    case 'not-enough-evidence':
      return 'The evidence is not enough.'
    case null:
      return 'There is no answer yet.'
  }
}

/** Why the evidence is not enough. */
export function reasonWords(reason: string | null): string {
  switch (reason) {
    case 'budget':
      return 'The budget is used up: ask again under another id with a larger one.'
    case 'alone_undecided':
      return 'Alone it fails too often to pass and too seldom to fail.'
    case 'order_undecided':
      return 'After all the others it fails too often to pass and too seldom to fail.'
    case 'rates_alike':
      return 'What difference the tests before it make may be chance.'
    case 'victim_not_seen':
      return 'No run gave a result of it.'
    default:
      return 'What the runs show contradicts itself.'
  }
}

/** `after 12 tests`, `alone`. */
export function companyWords({ company, tests }: Pick<AskedQuestion, 'company' | 'tests'>): string {
  switch (company) {
    case 'alone':
      return 'alone'
    case 'before':
      return `after ${plural(tests, 'test')}`
    case 'whole':
      return 'with all tests, as the project orders them'
    case 'shuffled':
      return 'with all tests, in a random order'
  }
}
