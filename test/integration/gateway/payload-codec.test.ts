import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { payloadCodec } from '../../../src/temporal/payloads/codec.ts'
import { GatewayBench } from '../../support/gateway-bench.ts'

const codec = payloadCodec([{ id: 'one', secret: Buffer.alloc(32, 1) }])
const other = payloadCodec([{ id: 'other', secret: Buffer.alloc(32, 2) }])
const plain = defaultPayloadConverter.toPayload({ command: 'pytest' })

let bench: GatewayBench
let headers: Record<string, string>
beforeAll(async () => {
  bench = await GatewayBench.start({ decodePayloads: (payloads) => codec.decode(payloads) })
  headers = { authorization: `Bearer ${await bench.key('admin', 'admin')}`, 'content-type': 'application/json' }
})
afterAll(() => bench.stop())

const inJson = ({ metadata, data }: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
})

async function decode(payloads: object[], with_: Record<string, string> = headers) {
  const body = JSON.stringify({ payloads })
  const response = await fetch(`${bench.url}/v1/codec/decode`, { method: 'POST', headers: with_, body })
  return { status: response.status, text: await response.text() }
}

it('an admin gets in plain what is encrypted, and what is not as it was', async () => {
  const encrypted = (await codec.encode([plain])).map(inJson)
  const { status, text } = await decode([...encrypted, inJson(plain)])
  expect({ status, answer: JSON.parse(text) }).toEqual({
    status: 200,
    answer: { payloads: Array(2).fill(inJson(plain)) },
  })
})

it.each(['read', 'run'] as const)('a key of role %s gets nothing', async (role) => {
  const secret = await bench.key(role, role)
  const refused = await decode([], { ...headers, authorization: `Bearer ${secret}` })
  expect(refused.status).toBe(403)
  expect((await decode([], { 'content-type': 'application/json' })).status).toBe(401)
})

it('a key that is missing is named, and forgeries and nonsense are refused', async () => {
  const foreign = (await other.encode([plain])).map(inJson)
  expect(await decode(foreign)).toMatchObject({ status: 503, text: expect.stringContaining('with the key other') })
  const [own] = (await codec.encode([plain])).map(inJson)
  const forged = { ...own, data: Buffer.alloc(60).toString('base64') }
  expect(await decode([forged])).toMatchObject({ status: 400, text: expect.stringContaining('its key does not open') })
  expect((await decode([{ metadata: { encoding: '?' } }])).status).toBe(400)
})
