import { useState } from 'preact/hooks'
import { count, plural } from '../../report/format.ts'
import type { Answer } from '../api/request.ts'
import { Ansi } from '../components/ansi.tsx'
import { Badge } from '../components/badge.tsx'
import { href } from '../router.ts'

const FIRST = 20

/** Tests of one run, those that failed first. */
export function RunTests({ tests: of, repo }: { tests: Answer<'listRunTests'>; repo: string }) {
  const [shown, setShown] = useState(FIRST)
  const { reported, failed, passed, skipped, tests, outsideTests } = of
  if (!reported) return null
  return (
    <section class="part" aria-labelledby="run-tests-title">
      <div class="part-head">
        <h2 id="run-tests-title">Tests of this run</h2>
        <p class="quiet">
          {count(failed)} failed, {count(passed)} passed, {count(skipped)} skipped
        </p>
      </div>
      <div class="card flush scroll">
        <table class="stack">
          <thead>
            <tr>
              <th scope="col">Outcome</th>
              <th scope="col">Test</th>
            </tr>
          </thead>
          <tbody>
            {outsideTests.map(({ name, fingerprint, message }) => (
              <tr key={`${name} ${fingerprint}`}>
                <td>
                  <Badge status="failed" />
                </td>
                <td class="test-name">
                  {name}
                  <Message text={message} />
                </td>
              </tr>
            ))}
            {tests.slice(0, shown).map(({ id, outcome, message }) => (
              <tr key={id}>
                <td>
                  <Badge status={outcome} />
                </td>
                <td class="test-name">
                  <a href={href(['tests', 'history'], { repo, test: id })}>{id}</a>
                  {message === null ? null : <Message text={message} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {tests.length > shown ? (
        <button type="button" onClick={() => setShown(shown * 10)}>
          Show more of {plural(tests.length, 'test')}
        </button>
      ) : null}
    </section>
  )
}

const Message = ({ text }: { text: string }) => (
  <span class="group group-message">
    <Ansi text={text} />
  </span>
)
