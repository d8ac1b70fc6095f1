import { z } from 'zod'

/** An event of a stream: `seq` rises by one, `suite` is the suite or search that it is of. */
export const event = <T extends string, D extends z.ZodRawShape>(type: T, data: D) =>
  z.object({
    seq: z.int().positive(),
    type: z.literal(type),
    suite: z.string(),
    at: z.string(),
    data: z.object(data),
  })
