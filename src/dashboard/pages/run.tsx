import { useState } from 'preact/hooks'
import { runWorkflowId } from '../../contract/names.ts'
import { type Answer, inPath, sendJson } from '../api/request.ts'
import { mayRun } from '../api/session.ts'
import { useResource } from '../api/use-resource.ts'
import { Badge } from '../components/badge.tsx'
import { ConfirmButton } from '../components/confirm.tsx'
import { CopyLine } from '../components/copy.tsx'
import { Page } from '../components/page.tsx'
import { Loaded } from '../components/states.tsx'
import { TemporalLink } from '../components/temporal-link.tsx'
import { go } from '../location.ts'
import { RunLog } from '../log/run-log.tsx'
import { href } from '../router.ts'
import { type LoadedRun, loadRun } from '../run/load-run.ts'
import { RunFacts } from '../run/run-facts.tsx'
import { RunTests } from '../run/run-tests.tsx'
import { Steps } from '../run/steps.tsx'

const REFRESH_MS = 2_000

/** One run: what it was made of, what happened to it, its tests and its output. */
export default function RunPage({ run }: { run: string }) {
  const [isOver, setIsOver] = useState(false)
  const loaded = useResource(
    async (signal) => {
      const found = await loadRun(run, signal)
      setIsOver(found.result !== null)
      return found
    },
    [run],
    isOver ? {} : { everyMs: REFRESH_MS },
  )
  const [suite = '', sha12 = '', attempt = ''] = run.split('.')
  return (
    <Page
      title={attempt === '' ? `Run ${run}` : `Run ${attempt} at ${sha12.slice(0, 7)}`}
      above={
        <>
          <a href="#/suites">Suites</a>
          {attempt === '' ? null : (
            <>
              {' / '}
              <a href={href(['suites', suite])}>{suite}</a>
              {' / '}
              <a href={href(['suites', suite, 'commits', sha12])}>{sha12.slice(0, 7)}</a>
            </>
          )}
        </>
      }
      beside={loaded.data === undefined ? undefined : <Beside run={run} loaded={loaded.data} />}
    >
      <Loaded resource={loaded} what="Loading the run">
        {(found) => <Content run={run} loaded={found} />}
      </Loaded>
    </Page>
  )
}

function Beside({ run, loaded: { result, steps } }: { run: string; loaded: LoadedRun }) {
  const hasBegun = steps.some(({ type }) => type === 'run.started')
  return (
    <>
      <Badge status={result?.outcome ?? (hasBegun ? 'running' : 'pending')} />
      {result === null || !mayRun.value ? null : (
        <div class="buttons">
          <ConfirmButton
            label="Run it again"
            question="Run it again?"
            act={async () => {
              const answer = await sendJson<Answer<'replayRun'>>('POST', `/v1/runs/${inPath(run)}/replay`, {})
              const [suite] = answer.suites
              if (suite !== undefined) go(href(['suites', suite]))
            }}
          >
            <p>The same commit, seed, command and limits, in a suite of its own.</p>
          </ConfirmButton>
        </div>
      )}
    </>
  )
}

function Content({ run, loaded: { definition, result, steps, tests } }: { run: string; loaded: LoadedRun }) {
  const { repo } = definition.request
  const failed = tests.tests.flatMap(({ message }) => (message === null ? [] : [message]))
  return (
    <>
      <section class="part" aria-label="Replay">
        <CopyLine text={result?.replay ?? `commit-suite replay ${run}`} label="the replay line" />
      </section>
      <RunFacts definition={definition} result={result} />
      <p class="links">
        <TemporalLink workflow={runWorkflowId(definition)}>In Temporal</TemporalLink>
      </p>
      <RunTests tests={tests} repo={typeof repo === 'string' ? repo : ''} />
      <RunLog run={run} tries={result?.tries ?? 1} isRunning={result === null} messages={failed} />
      <section class="part" aria-labelledby="steps-title">
        <h2 id="steps-title">Steps</h2>
        <Steps steps={steps} />
      </section>
    </>
  )
}
