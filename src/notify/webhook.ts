import { createHmac } from 'node:crypto'
import { DeliveryFault, faultOfAnswer } from './fault.ts'
import { type Delivered, type DeliveryDeps, type Notice, secretUrl } from './notice.ts'
import type { WebhookTarget } from './schema.ts'

const LONGEST_ANSWER = 1024

/**
 * Signs a delivery as the Standard Webhooks specification has it (https://www.standardwebhooks.com): base64 of
 * HMAC-SHA256 over `id.timestamp.body`. A key that begins with `whsec_` is base64 from there on, any other is text.
 */
function signature(secret: string, id: string, timestamp: string, body: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

/** Posts the report, signed. The id stays the same over all tries, so that a receiver can tell a repeated one. */
export async function sendWebhook(target: WebhookTarget, notice: Notice, deps: DeliveryDeps): Promise<Delivered> {
  const url = target.url ?? secretUrl(target.urlEnv ?? '', deps)
  const timestamp = String(Math.floor(Date.now() / 1000))
  const { report, link = null, delivery } = notice
  const body = JSON.stringify({ type: 'suite.finished', data: { link, ...report } })
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'commit-suite',
    'webhook-id': delivery,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature(deps.secretOf(target.secretEnv), delivery, timestamp, body),
  }
  const answer = await post(url, { headers, body, signal: deps.signal })
  if (answer.ok) {
    await answer.body?.cancel()
    return { status: 'sent', detail: `answered ${answer.status}` }
  }
  const said = await beginningOf(answer)
  throw faultOfAnswer({
    who: 'the webhook',
    status: answer.status,
    header: (name) => answer.headers.get(name) ?? undefined,
    said,
  })
}

/** Follows no redirect: what the operator wrote is where it goes. */
async function post(url: string, request: Pick<RequestInit, 'headers' | 'body' | 'signal'>): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', redirect: 'manual', ...request })
  } catch (cause) {
    throw new DeliveryFault(`the webhook does not answer: ${reasonOf(cause)}`, { retry: true }, cause)
  }
}

/** `fetch failed` says nothing; its cause does. The address may be a secret and is in neither's code. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name
}

async function beginningOf({ body }: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.length >= LONGEST_ANSWER) break
  }
  return text.slice(0, LONGEST_ANSWER)
}
