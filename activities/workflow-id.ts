import type { z } from 'zod'
import { invalidInput } from '../src/contract/index.ts'

/**
 * The id of a suite, a search or an isolation, which is its workflow's. Throws `invalid_input` where that is none, and
 * where the request names another one.
 */
export function idOfWorkflow(schema: z.ZodType<string>, id: string, request: { id?: string | undefined }): string {
  const parsed = schema.safeParse(id)
  if (!parsed.success) {
    const rule = parsed.error.issues[0]?.message ?? 'is not an id'
    throw invalidInput('id', id, rule, 'It is taken from the workflow id.')
  }
  if (request?.id !== undefined && request.id !== id) {
    throw invalidInput('id', request.id, `must be the workflow's: ${id}`, 'Leave it out, or name the workflow so.')
  }
  return id
}
