import { z } from 'zod'
import { roleSchema } from '../keys.ts'

/** What a page has to know of the gateway that it came from, and of whoever looks at it. */
export const aboutSchema = z.object({
  version: z.string(),
  /** What the caller may do. */
  role: roleSchema,
  /** Whether this gateway asks for no key: there is none, and it answers on its own machine only. */
  keyless: z.boolean(),
  /** Base URL of the Temporal Web UI; null where none is known that the caller could reach. */
  temporalUi: z.string().nullable(),
  /** Of Temporal, not of Kubernetes. */
  namespace: z.string(),
})
