import type { FastifyInstance } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { badField } from '../../contract/index.ts'

/** Requests are checked by the zod schemas of their operations; what is refused names field, value and rule. */
export function validateByZod(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema }) => (input: unknown) => {
    if (!(schema instanceof z.ZodType)) return { value: input }
    const parsed = schema.safeParse(input)
    return parsed.success ? { value: parsed.data } : { error: badField(input, parsed.error) }
  })
  app.setSerializerCompiler(serializerCompiler)
}
