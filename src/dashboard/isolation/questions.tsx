import type { AskedQuestion } from '../../contract/isolation-report.ts'
import { plural } from '../../report/format.ts'
import { Badge } from '../components/badge.tsx'
import { Empty } from '../components/states.tsx'
import { companyWords } from './words.ts'

const STATUS = { fails: 'failing', passes: 'passing', undecided: 'inconclusive' } as const
const SHOWN_NAMES = 3

interface QuestionsProps {
  questions: readonly AskedQuestion[]
  /** Whether the isolation goes on: then questions without an answer may still get one. */
  isOpen: boolean
}

/** What the test was run in, the newest first. */
export function Questions({ questions, isOpen }: QuestionsProps) {
  if (questions.length === 0) return <Empty title="Nothing was run yet." />
  return (
    <div class="card flush scroll">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col" class="number">
              No.
            </th>
            <th scope="col">Company</th>
            <th scope="col">Runs</th>
            <th scope="col">Answer</th>
          </tr>
        </thead>
        <tbody>
          {questions.toReversed().map((question) => (
            <tr key={question.number}>
              <td class="number" data-label="No.">
                {question.number}
              </td>
              <td class="test-name">
                {companyWords(question)}
                {question.names.slice(0, SHOWN_NAMES).map((name) => (
                  <code key={name} class="under quiet">
                    {name}
                  </code>
                ))}
                {question.tests > SHOWN_NAMES && question.names.length > 0 ? (
                  <span class="under quiet">
                    and {question.tests - Math.min(SHOWN_NAMES, question.names.length)} more
                  </span>
                ) : null}
              </td>
              <td>{question.runs === 0 ? '–' : `${question.failures} of ${plural(question.runs, 'run')} failed`}</td>
              <td>
                <Given answer={question.answer} isOpen={isOpen} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Given({ answer, isOpen }: { answer: AskedQuestion['answer']; isOpen: boolean }) {
  if (answer !== null) return <Badge status={STATUS[answer]} />
  return isOpen ? <Badge status="pending" /> : <span class="quiet">not needed</span>
}
