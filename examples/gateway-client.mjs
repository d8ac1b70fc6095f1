// Starts a suite through a gateway, follows its events and prints its verdicts. Needs nothing but Node.
// usage: COMMIT_SUITE_URL=http://127.0.0.1:8080 COMMIT_SUITE_API_KEY=… node gateway-client.mjs REPOSITORY-URL COMMAND
const [repo, shell] = process.argv.slice(2)
const { COMMIT_SUITE_URL: gateway, COMMIT_SUITE_API_KEY: key } = process.env

async function call(path, init = {}) {
  const headers = { ...init.headers, ...(key && { authorization: `Bearer ${key}` }) }
  const response = await fetch(gateway + path, { ...init, headers })
  if (response.ok) return response
  throw Object.assign(new Error((await response.json()).detail), { status: response.status })
}

const body = JSON.stringify({ repo, command: { shell }, commits: ['HEAD~1', 'HEAD'], runs: 10 })
const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
const { suite } = await (await call('/v1/suites', { method: 'POST', headers, body })).json()

for (let last = 0, ended = false; !ended; ) {
  try {
    const stream = await call(`/v1/suites/${suite}/events?after=${last}`)
    ended = stream.status === 204 // every event has been seen, and no other will come
    let rest = ''
    for await (const text of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + text).split('\n')
      rest = lines.pop()
      for (const line of lines.filter((one) => one.startsWith('data: '))) {
        const { seq, type, data } = JSON.parse(line.slice(6))
        console.error(seq, type, data.outcome ?? data.verdict ?? '')
        last = seq
      }
    }
  } catch (error) {
    if (error.status < 500) throw error // anything else passes: the stream goes on after the last event
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
}
const { commits } = await (await call(`/v1/suites/${suite}`)).json()
for (const { sha, verdict, failed, runs } of commits) console.log(sha, verdict, `${failed}/${runs}`)
