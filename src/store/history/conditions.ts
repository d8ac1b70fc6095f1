import { createHash } from 'node:crypto'
import type { SuiteSpec } from '../../contract/index.ts'

const DIGITS = 16

/**
 * Tells apart under which command, set-up and environment a seed was run: the same seed under the same conditions is the
 * same observation.
 */
export function conditionsOf(spec: SuiteSpec): string {
  const { command, workdir, setup, env, secretEnv, projectType, shuffle = false } = spec
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const conditions = [command, workdir, setup ?? null, setup === null, projectType ?? null, shuffle]
  return createHash('sha256')
    .update(JSON.stringify([...conditions, variables, secretEnv.toSorted()]))
    .digest('hex')
    .slice(0, DIGITS)
}
