import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { COMMON_ERRORS, type Operation } from '../contract/http/operation.ts'
import { PROBLEM_TYPE, problemSchema } from '../contract/http/problem.ts'
import { ERRORS } from '../contract/index.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation
  }
}

/** The OpenAPI document of all operations at `/docs`, made from the schemas that check them. */
export async function describeOperations(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Commit Suite',
        version,
        description:
          'At which commits does this test fail, how often, and since when? Every call may also end with the problems ' +
          `${COMMON_ERRORS.join(', ')}.`,
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }],
    },
    transform(input) {
      const operation = input.route.config?.operation
      const described = operation === undefined ? input.schema : { ...input.schema, ...descriptionOf(operation) }
      return jsonSchemaTransform({ ...input, schema: described })
    },
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    // Only a proxy in front of us speaks https; no picture of others is shown.
    transformStaticCSP: (policy) =>
      policy.replace(/ ?upgrade-insecure-requests;?/, '').replace(' validator.swagger.io', ''),
    logLevel: 'warn',
  })
}

function descriptionOf(operation: Operation) {
  const { schema, summary, tag, role, stream } = operation
  const success = stream === undefined ? schema.response : { 200: streamed(stream) }
  return {
    summary,
    description: role === null ? 'Needs no key.' : `Needs role \`${role}\`.`,
    tags: [tag],
    response: { ...success, ...problemsOf(operation) },
    ...(role === null ? { security: [] } : {}),
  }
}

const streamed = (type: string) => ({
  description: 'Streamed',
  content: { [type]: { schema: z.string().meta({ format: 'binary' }) } },
})

/** Problems by status, with the codes that each may have. */
function problemsOf({ errors }: Operation) {
  const byStatus = Map.groupBy(new Set([...COMMON_ERRORS, ...errors]), (code) => ERRORS[code].status)
  const entries = [...byStatus].map(([status, codes]) => [
    status,
    {
      description: [...codes].map((code) => `\`${code}\``).join(', '),
      content: { [PROBLEM_TYPE]: { schema: problemSchema.extend({ code: z.enum(codes) }) } },
    },
  ])
  return Object.fromEntries(entries)
}
