import { useState } from 'preact/hooks'
import { type ApiError, asApiError } from '../api/api-error.ts'
import { logIn } from '../api/session.ts'
import { Page } from '../components/page.tsx'
import { Failure } from '../components/states.tsx'
import { go, location } from '../location.ts'

/** Where an API key is exchanged for a cookie; the key itself is kept nowhere. */
export default function LoginPage() {
  const [error, setError] = useState<ApiError>()
  const [isBusy, setIsBusy] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const key = new FormData(event.currentTarget).get('key')
    setIsBusy(true)
    setError(undefined)
    try {
      await logIn(typeof key === 'string' ? key.trim() : '')
      go(returnAddress(location.value.query.get('from')))
    } catch (thrown) {
      setError(asApiError(thrown))
    }
    setIsBusy(false)
  }
  return (
    <Page title="Sign in">
      <form class="card narrow" onSubmit={submit}>
        <label for="key">API key</label>
        <input id="key" name="key" type="password" autocomplete="current-password" required spellcheck={false} />
        <p class="quiet">
          This gateway asks for a key. Make one where it runs: <code>commit-suite keys create NAME --role run</code>
        </p>
        {error === undefined ? null : <Failure error={error} />}
        <button type="submit" class="primary" disabled={isBusy}>
          Sign in
        </button>
      </form>
    </Page>
  )
}

/** Only places of this page: the address may have been made by others. */
const returnAddress = (from: string | null): string =>
  from?.startsWith('#/') === true && !from.startsWith('#/login') ? from : '#/suites'
