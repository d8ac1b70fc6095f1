import { z } from 'zod'
import { invalidInput } from '../../contract/index.ts'

const count = z.int().min(0)
const cursorSchema = z.union([
  z.strictObject({ by: z.literal('rate'), failed: count, runs: count, test: count }),
  z.strictObject({ by: z.literal('recent'), lastFailed: z.string().max(100), test: count }),
  z.strictObject({ by: z.literal('name'), repo: z.string(), name: z.string() }),
])

/** Where a page ended: the place of its last test in the order asked for. */
export type TestCursor = z.infer<typeof cursorSchema>

export const writeCursor = (cursor: TestCursor | undefined): string | null =>
  cursor === undefined ? null : Buffer.from(JSON.stringify(cursor)).toString('base64url')

/** Throws `invalid_input` for what no page of that order had as its `next`. */
export function readCursor(text: string | undefined, sort: TestCursor['by']): TestCursor | undefined {
  if (text === undefined) return undefined
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()))
  const fits = parsed.success && (parsed.data.by === sort || parsed.data.by === 'name')
  if (fits) return parsed.data
  throw invalidInput('cursor', text, 'is not the `next` of a page in this order', 'Leave it out for the first page.')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
