import { hindrances } from '../../progress/hindrances.ts'
import { orderedCommits, type SuiteProgress } from '../../progress/state.ts'
import { Ansi } from '../components/ansi.tsx'

const MOST_SETUPS = 5
const MOST_LINES = 40

/** Why a suite failed, what keeps it from going on, and set-ups that failed. */
export function Trouble({ progress }: { progress: SuiteProgress }) {
  const lines = hindrances(progress)
  const setups = orderedCommits(progress).flatMap(({ sha, setupFailure }) =>
    setupFailure === null ? [] : [{ sha, setupFailure }],
  )
  return (
    <>
      {progress.failure === null ? null : (
        <div class="notice is-bad" role="alert">
          <p>{progress.failure}</p>
        </div>
      )}
      {lines.length === 0 ? null : (
        <ul class="notice">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {setups.slice(0, MOST_SETUPS).map(({ sha, setupFailure }) => (
        <details key={sha} class="notice is-bad">
          <summary>The set-up of {sha.slice(0, 10)} failed</summary>
          <pre>
            <Ansi text={setupFailure.trimEnd().split('\n').slice(-MOST_LINES).join('\n')} />
          </pre>
        </details>
      ))}
    </>
  )
}
