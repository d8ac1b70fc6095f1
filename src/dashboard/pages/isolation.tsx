import type { IsolationEvent } from '../../contract/isolation-events.ts'
import type { VictimRate } from '../../contract/isolation-report.ts'
import { count, formatSpan, percent, plural } from '../../report/format.ts'
import { type Answer, getJson, inPath, sendOnly } from '../api/request.ts'
import { mayRun } from '../api/session.ts'
import { useEvents } from '../api/use-events.ts'
import { useResource } from '../api/use-resource.ts'
import { Badge } from '../components/badge.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { CopyLine } from '../components/copy.tsx'
import { Page } from '../components/page.tsx'
import { Rate } from '../components/rate.tsx'
import { Sha } from '../components/sha.tsx'
import { Loaded } from '../components/states.tsx'
import { TemporalLink } from '../components/temporal-link.tsx'
import { When } from '../components/when.tsx'
import { Questions } from '../isolation/questions.tsx'
import { answerSentence, reasonWords } from '../isolation/words.ts'
import { href } from '../router.ts'
import { commandText, Fact } from '../suite/facts.tsx'

type Document = Answer<'getIsolation'>
const isOpen = ({ status }: Document): boolean => status === 'queued' || status === 'running'

interface Heard {
  /** Number of the newest event. */
  seq: number
}
const withEvents = (heard: Heard, events: readonly IsolationEvent[]): Heard => ({
  seq: events.at(-1)?.seq ?? heard.seq,
})

/** One isolation: which tests make another fail, and how that was found. */
export default function IsolationPage({ isolation }: { isolation: string }) {
  const path = `/v1/isolations/${inPath(isolation)}`
  const { state } = useEvents<Heard, IsolationEvent>(`${path}/events`, () => ({ seq: 0 }), withEvents)
  const document = useResource((signal) => getJson<Document>(path, { signal }), [isolation], { version: state.seq })
  const { data } = document
  return (
    <Page
      title={`Isolation ${isolation}`}
      above={<a href="#/searches">Searches</a>}
      beside={
        data === undefined ? null : (
          <>
            <Badge status={data.status} />
            {isOpen(data) && mayRun.value ? <Cancel isolation={isolation} onDone={document.reload} /> : null}
          </>
        )
      }
    >
      <Loaded resource={document} what="Loading the isolation">
        {(found) => (
          <>
            {found.failure === undefined ? null : (
              <div class="notice is-bad" role="alert">
                <p>{found.failure}</p>
              </div>
            )}
            <Found document={found} />
            <section class="part">
              <h2>What it was run in</h2>
              <Questions questions={found.questions} isOpen={isOpen(found)} />
            </section>
            <Asked document={found} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Found({ document }: { document: Document }) {
  const { test, answer, reason, before, smallest, alone, together, commands, example } = document
  return (
    <section class="card answer" aria-label="Answer">
      <p class="quiet">
        <code>{test}</code>
      </p>
      <p class="answer-words">{answerSentence(document)}</p>
      {answer === 'not-enough-evidence' ? <p>{reasonWords(reason)}</p> : null}
      <Names names={before.map((one) => (one.needed ? one.test : `${one.test} (may not be needed)`))} />
      {smallest === null ? null : (
        <>
          <p>So far it is among {plural(smallest.tests, 'test')}:</p>
          <Names names={smallest.names} />
        </>
      )}
      <dl class="facts">
        <RateFact name="Alone" rate={alone} />
        <RateFact name={before.length > 0 ? 'After these' : 'After all'} rate={together} />
      </dl>
      {commands === null ? null : <CopyLine text={commands.alone} label="the command that runs it alone" />}
      {commands?.together == null ? null : (
        <CopyLine text={commands.together} label="the command that runs it after these" />
      )}
      {example === null ? null : (
        <p>
          A run that failed: <a href={href(['runs', example.run])}>{example.run}</a>
        </p>
      )}
    </section>
  )
}

const Names = ({ names }: { names: readonly string[] }) =>
  names.length === 0 ? null : (
    <ol class="names">
      {names.map((name) => (
        <li key={name}>
          <code>{name}</code>
        </li>
      ))}
    </ol>
  )

function RateFact({ name, rate }: { name: string; rate: VictimRate | null }) {
  if (rate === null) return null
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        <Rate rate={rate.failureRate} interval={rate.interval} />
        <span class="under quiet">
          {count(rate.failures)} of {plural(rate.runs, 'run')} failed
        </span>
      </dd>
    </div>
  )
}

function Asked({ document }: { document: Document }) {
  const { isolation, repo, sha, command, confidence, minRate, runs, startedAt, durationMs } = document
  return (
    <section class="part">
      <h2>What was asked</h2>
      <dl class="facts">
        <Fact name="Repository">{repo}</Fact>
        {sha === null ? null : (
          <Fact name="Commit">
            <Sha repo={repo} sha={sha} />
          </Fact>
        )}
        <Fact name="Command">
          <code>{commandText(command)}</code>
        </Fact>
        <Fact name="Sure at">{percent(confidence)}</Fact>
        <Fact name="Counts as failing from">{percent(minRate)}</Fact>
        <Fact name="Runs made">{count(runs)}</Fact>
        <Fact name="Started">
          <When at={startedAt} />
        </Fact>
        {isOpen(document) ? null : <Fact name="Took">{formatSpan(durationMs)}</Fact>}
      </dl>
      <p class="links">
        <TemporalLink workflow={`isolation/${isolation}`}>Workflow in the Temporal Web UI</TemporalLink>
      </p>
    </section>
  )
}

const Cancel = ({ isolation, onDone }: { isolation: string; onDone(): void }) => (
  <ConfirmButton
    label="Cancel isolation"
    question="Cancel this isolation?"
    isDanger
    act={async () => {
      await sendOnly('POST', `/v1/isolations/${inPath(isolation)}/cancel`)
      onDone()
    }}
  >
    <p>Its runs in flight are ended and cleaned up. What is known so far stays on record.</p>
  </ConfirmButton>
)
