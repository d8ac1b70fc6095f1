import type { Role } from '../contract/index.ts'
import type { Caller } from './auth/caller.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null on routes that everyone may call. */
    caller: Caller | null
  }
  interface FastifyContextConfig {
    /** What a caller must be allowed; null where no key is needed. */
    role?: Role | null
  }
}
