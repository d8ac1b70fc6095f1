import type { Payload } from '@temporalio/common'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CommitSuiteError, invalidInput } from '../../contract/index.ts'
import type { GatewayDeps } from '../deps.ts'

/** Payloads as Temporal's tools send them to a codec: protobuf in JSON, where bytes are base64. */
const payloadsSchema = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), z.base64()).default({}), data: z.base64().default('') }))
    .max(10_000),
})
type PayloadJson = z.infer<typeof payloadsSchema>['payloads'][number]

/** Decrypts what Temporal keeps, for admins: `temporal workflow show --codec-endpoint …/v1/codec`. It encrypts nothing. */
export const payloadCodecRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, { decodePayloads }) => {
  const options = { schema: { body: payloadsSchema, hide: true }, config: { role: 'admin' } } as const
  app.post('/v1/codec/decode', options, async ({ body }, reply) => {
    reply.header('Cache-Control', 'no-store')
    try {
      return { payloads: (await decodePayloads(body.payloads.map(ofJson))).map(toJson) }
    } catch (cause) {
      if (cause instanceof CommitSuiteError) throw cause
      throw invalidInput('payloads', body.payloads.length, 'hold one that its key does not open')
    }
  })
}

const ofJson = ({ metadata, data }: PayloadJson): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([key, text]) => [key, Buffer.from(text, 'base64')])),
  data: Buffer.from(data, 'base64'),
})

const base64 = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString('base64')

const toJson = ({ metadata, data }: Payload): PayloadJson => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([key, bytes]) => [key, base64(bytes)])),
  data: base64(data),
})
