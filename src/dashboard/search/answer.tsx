import type { SearchRate } from '../../contract/search-report.ts'
import { count, percent, plural } from '../../report/format.ts'
import type { Answer as AnswerOf } from '../api/request.ts'
import { CopyLine } from '../components/copy.tsx'
import { Rate } from '../components/rate.tsx'
import { Sha } from '../components/sha.tsx'
import { href } from '../router.ts'

type Document = AnswerOf<'getSearch'>

/** What came of a search, or where it stands, in a sentence; with the rates on which it rests. */
export function Answer({ document }: { document: Document }) {
  const { rateBefore, rateFrom, example, answer } = document
  const [before, from] = answer === 'no-increase' ? ['At the oldest', 'At the newest'] : ['Before it', 'From it on']
  return (
    <section class="card answer" aria-label="Answer">
      <Sentence document={document} />
      <dl class="facts">
        {rateBefore === null ? null : <RateFact name={before} rate={rateBefore} />}
        {rateFrom === null ? null : <RateFact name={from} rate={rateFrom} />}
      </dl>
      {example === null ? null : (
        <>
          <p>
            A run that failed: <a href={href(['runs', example.run])}>{example.run}</a>
          </p>
          <CopyLine text={example.replay} label="the command that runs it again" />
        </>
      )}
    </section>
  )
}

function Sentence({ document }: { document: Document }) {
  const { repo, answer, culprit, posterior, noneProbability, minIncrease, decrease } = document
  switch (answer) {
    case 'culprit':
      return culprit === null ? null : <Suspected repo={repo} suspect={culprit} words="The culprit, with" />
    case 'no-increase':
      return (
        <p class="answer-words">
          The failure rate does not rise by {percent(minIncrease)} or more
          {decrease === true ? ': it fell.' : '.'}
        </p>
      )
    case 'not-enough-evidence':
      return (
        <>
          <p class="answer-words">The evidence is not enough.</p>
          <p>{whatLacks(document)}</p>
        </>
      )
    case null:
      return posterior[0] === undefined ? (
        <p class="answer-words">Nothing is known yet.</p>
      ) : (
        <Suspected
          repo={repo}
          suspect={posterior[0]}
          words={`That the rate rises nowhere has ${percent(noneProbability)}; the likeliest commit so far, with`}
        />
      )
  }
}

interface SuspectedProps {
  repo: string
  suspect: NonNullable<Document['culprit']>
  words: string
}

const Suspected = ({ repo, suspect: { sha, subject, probability }, words }: SuspectedProps) => (
  <>
    <p class="quiet">
      {words} {percent(probability)}
    </p>
    <p class="answer-words">
      <Sha repo={repo} sha={sha} /> <bdi>{subject}</bdi>
    </p>
  </>
)

function whatLacks({ inseparable = [], runsNeeded = null, test, skipped }: Document): string {
  if (test !== undefined && skipped.length > 0 && skipped.every(({ reason }) => reason === 'test_missing')) {
    return 'No report of these commits names the test.'
  }
  if (inseparable.length > 0) {
    return `One of ${inseparable.map(({ sha }) => sha.slice(0, 12)).join(', ')} it is: what would tell them apart cannot be tested.`
  }
  if (runsNeeded === null) return 'No further run would tell more.'
  return `About ${plural(runsNeeded, 'run')} more would be enough: search again under another id with a larger budget.`
}

const RateFact = ({ name, rate: { failureRate, interval, failures, runs } }: { name: string; rate: SearchRate }) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>
      <Rate rate={failureRate} interval={interval} />
      <span class="under quiet">
        {count(failures)} of {plural(runs, 'run')} failed
      </span>
    </dd>
  </div>
)
