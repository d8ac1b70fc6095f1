import type { FileOptions } from '../config-file/options.ts'
import type { RawRequest } from './parse-flags.ts'

/**
 * Options of a lower layer under those of an upper one. Seeds fix the number of runs, so an upper layer that speaks
 * of either takes the place of both; values of the environment add up.
 */
export function layer<T extends RawRequest | FileOptions>(lower: T, upper: T): T {
  const base = { ...lower }
  if (upper.seeds !== undefined) {
    delete base.runs
    delete base.seed
  }
  if (upper.runs !== undefined || upper.seed !== undefined) delete base.seeds
  const env = { ...Object(lower.env), ...Object(upper.env) }
  return { ...base, ...upper, ...(Object.keys(env).length === 0 ? {} : { env }) }
}
