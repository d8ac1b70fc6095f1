import type { AskedQuestion, IsolationEventData, KnownOrder } from '../../contract/index.ts'
import { count, plural } from '../../report/format.ts'
import { safeLine } from '../terminal-safe.ts'

/** What is looked into, and by which order. */
export function startedLine({ repo, sha, test, failing, passing }: IsolationEventData<'isolation.started'>): string {
  const orders = [
    ...(failing === null ? [] : [`it failed ${orderText(failing)}`]),
    ...(passing === null ? [] : [`it passed ${orderText(passing)}`]),
  ]
  const known = orders.length === 0 ? 'no order is on record: it is learnt' : orders.join('; ')
  return `isolating ${safeLine(test)} at ${sha.slice(0, 12)} (${safeLine(repo)}): ${known}`
}

const orderText = ({ run, tests }: KnownOrder): string =>
  `after ${plural(tests, 'test')}${run === null ? '' : ` in ${run}`}`

/** `question 3: after tests.test_a::test_x: fails 8 of 8` */
export function questionLine(question: IsolationEventData<'isolation.question'>): string {
  const { number, left } = question
  const scope = left === null || left < 2 ? '' : `; ${plural(left, 'test')} left`
  return `question ${number}: ${companyText(question)}: ${answerText(question)}${scope}`
}

/** What stands before the test. */
function companyText({ company, tests, names }: Pick<AskedQuestion, 'company' | 'tests' | 'names'>): string {
  switch (company) {
    case 'alone':
      return 'alone'
    case 'whole':
      return 'all tests in their own order'
    case 'shuffled':
      return 'all tests in a random order'
    case 'before':
      return tests <= names.length ? `after ${names.map(safeLine).join(', ')}` : `after ${plural(tests, 'test')}`
  }
}

function answerText({ runs, failures, answer }: AskedQuestion): string {
  switch (answer) {
    case 'fails':
      return `fails ${count(failures)} of ${count(runs)}`
    case 'passes':
      return `passes ${count(runs - failures)} of ${count(runs)}`
    case 'undecided':
    case null:
      return `undecided, fails ${count(failures)} of ${count(runs)}`
  }
}
