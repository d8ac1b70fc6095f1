import { partSuiteId } from '../../src/contract/index.ts'
import { sizeOf } from '../../src/stats/isolation/ranges.ts'
import type { Company, IsolationState } from '../../src/stats/isolation/state.ts'
import type { IsolationDecision, QuestionPart } from '../../workflows/isolation-api.ts'
import type { BegunIsolation } from './isolation-lookup.ts'

/** What a workflow does next, by a state. */
export function decisionOf({ id, spec }: BegunIsolation, state: IsolationState): IsolationDecision {
  const details = detailsOf(state)
  if (state.result !== null) return { done: true, details, answer: state.result.answer }
  const open = state.questions.filter((question) => question.open)
  // Together no more than the isolation may have at once, each at least one.
  const share = Math.max(1, Math.floor(spec.parallelism / Math.max(1, open.length)))
  const parts = open.map(
    ({ number, parts: part, partRuns: runs, company, rule }): QuestionPart => ({
      suite: partSuiteId(id, number, part),
      question: number,
      runs,
      parallelism: Math.min(share, runs),
      tellsOrder: rule === null,
      summary: `question ${number}: ${inWords(company)}, ${runs} runs`,
    }),
  )
  return { done: false, details, parts }
}

function inWords(company: Company): string {
  switch (company.type) {
    case 'whole':
      return 'all tests'
    case 'shuffled':
      return `random order ${company.seed}`
    case 'before':
      return company.tests.length === 0 ? 'alone' : `after ${sizeOf(company.tests)} tests`
  }
}

/** What the Temporal Web UI shows. */
function detailsOf({ stage, questions, result }: IsolationState): string {
  const rows = questions
    .filter(({ answer }) => answer !== null)
    .slice(-10)
    .map(
      ({ number, company, runs, failures, answer }) =>
        `| ${number} | ${inWords(company)} | ${failures} of ${runs} | ${answer} |`,
    )
  return [
    `**${result?.answer ?? stage}** after ${questions.length} questions.`,
    ...(rows.length === 0 ? [] : ['', '| question | the test runs | fails | |', '|---|---|---|---|', ...rows]),
  ].join('\n')
}
