import { CommitSuiteError, type Role, reaches } from '../../contract/index.ts'
import type { StoredSuite } from '../../store/store.ts'

/** Who asks: the bearer of a key, or whoever reaches a loopback gateway that has no keys. */
export interface Caller {
  /** Id of the key; null without one. */
  keyId: string | null
  /** Name of the key: it owns what its bearer starts. */
  key: string | null
  role: Role
  requestsPerMinute: number
  openSuites: number
}

/** As good as the command line on the same machine. */
export const KEYLESS: Caller = {
  keyId: null,
  key: null,
  role: 'admin',
  requestsPerMinute: Number.POSITIVE_INFINITY,
  openSuites: Number.POSITIVE_INFINITY,
}

/** Throws `forbidden` where the caller's role does not reach far enough. */
export function requireRole({ role }: Caller, needed: Role): void {
  if (reaches(role, needed)) return
  const remedy = `Use a key with role ${needed}.`
  throw new CommitSuiteError('forbidden', `This needs role ${needed}; the key has role ${role}. ${remedy}`, {
    field: 'role',
    value: role,
    rule: `at least ${needed}`,
    remedy,
  })
}

/** Another key's suites are hidden from everyone but admins; what no key asked for is everyone's to see. */
export function maySee({ role, key }: Caller, { spec }: { spec: Pick<StoredSuite['spec'], 'network'> }): boolean {
  const owner = spec.network?.key ?? null
  return role === 'admin' || owner === null || owner === key
}
