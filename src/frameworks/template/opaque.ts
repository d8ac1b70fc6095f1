import { z } from 'zod'

/** Fields that exist and that we hand on as they are: the API server knows their rules. */
export const opaque = (names: string): Record<string, z.ZodOptional<z.ZodUnknown>> =>
  Object.fromEntries(names.split(',').map((name) => [name, z.unknown().optional()]))
