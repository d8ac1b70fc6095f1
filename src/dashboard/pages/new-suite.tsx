import { useRef, useState } from 'preact/hooks'
import { type ApiError, asApiError } from '../api/api-error.ts'
import { type Answer, sendJson } from '../api/request.ts'
import { Page } from '../components/page.tsx'
import { Failure } from '../components/states.tsx'
import { go, location } from '../location.ts'
import { href } from '../router.ts'
import { requestOf } from '../suite/new-request.ts'

/** Starts a suite; what is not asked here has its default. */
export default function NewSuitePage() {
  const { query } = location.value
  const [error, setError] = useState<ApiError>()
  const [isBusy, setIsBusy] = useState(false)
  // The same request again joins what it started: a second click starts nothing twice.
  const sent = useRef({ text: '', key: '' })
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const request = requestOf(new FormData(event.currentTarget))
    setIsBusy(true)
    setError(undefined)
    try {
      const text = JSON.stringify(request)
      if (sent.current.text !== text) sent.current = { text, key: crypto.getRandomValues(new Uint32Array(4)).join('-') }
      const options = { idempotencyKey: sent.current.key }
      const started = await sendJson<Answer<'startSuite'>>('POST', '/v1/suites', request, options)
      go(href(['suites', started.suite]))
    } catch (thrown) {
      setError(asApiError(thrown))
    }
    setIsBusy(false)
  }
  return (
    <Page title="New suite" above={<a href="#/suites">Suites</a>}>
      <form class="card form" onSubmit={submit}>
        <label class="field">
          Repository
          <input
            name="repo"
            required
            value={query.get('repo') ?? ''}
            placeholder="https://git.example.org/project.git"
          />
        </label>
        <label class="field">
          Commits
          <input name="commits" value={query.get('commits') ?? 'HEAD'} required />
          <span class="quiet">Refs, commit ids and ranges (main~10..main), with spaces between them</span>
        </label>
        <label class="field">
          Command
          <input name="command" value={query.get('command') ?? ''} placeholder="by the template of each commit" />
        </label>
        <label class="field">
          Runs for each commit
          <input name="runs" type="number" min="1" max="100000" value="20" required />
        </label>
        <label class="check">
          <input name="until" type="checkbox" />
          Stop a commit as soon as the evidence suffices
        </label>
        {error === undefined ? null : <Failure error={error} />}
        <button type="submit" class="primary" disabled={isBusy}>
          Start
        </button>
      </form>
    </Page>
  )
}
