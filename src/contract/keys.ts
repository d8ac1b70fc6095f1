import { z } from 'zod'

/** What a key may do; each role includes those before it. */
export const ROLES = ['read', 'run', 'admin'] as const
export const roleSchema = z.enum(ROLES)
export type Role = z.infer<typeof roleSchema>

/** Whether a role reaches as far as another. */
export const reaches = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)

export const keyNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be letters, digits, ".", "_" and "-", 1 to 100 of them')

/** What is asked for when a key is made. */
export const newKeySchema = z.strictObject({
  name: keyNameSchema,
  role: roleSchema.default('run'),
  /** Requests a minute. */
  requestsPerMinute: z.int().min(1).max(1_000_000).default(600),
  /** Suites of the key that may be open at once. */
  openSuites: z.int().min(1).max(10_000).default(100),
})
export type NewKey = z.output<typeof newKeySchema>

/** A key without its secret, which nobody can show again. */
export const keySchema = z.object({ ...newKeySchema.shape, role: roleSchema, createdAt: z.string() })
export type Key = z.output<typeof keySchema>

export const keyListSchema = z.object({ keys: z.array(keySchema) })
/** The one answer that holds a secret. */
export const createdKeySchema = keySchema.extend({ secret: z.string() })
