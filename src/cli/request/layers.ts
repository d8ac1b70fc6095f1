import { type ExecutorName, ISOLATIONS } from '../../contract/index.ts'
import type { FileOptions } from '../config-file/options.ts'
import type { RawRequest } from './parse-flags.ts'

/**
 * Options of a lower layer under those of an upper one. Seeds fix the number of runs, so an upper layer that speaks
 * of either takes the place of both; one that names an executor takes away an isolation which that does not have.
 * Values of the environment add up, and so do the parts that name a cluster.
 */
export function layer<T extends RawRequest | FileOptions>(lower: T, upper: T): T {
  const base = { ...lower }
  if (upper.seeds !== undefined) {
    delete base.runs
    delete base.seed
  }
  if (upper.runs !== undefined || upper.seed !== undefined) delete base.seeds
  if (lacks(upper.executor, base.isolation)) delete base.isolation
  const env = { ...Object(lower.env), ...Object(upper.env) }
  const cluster = { ...Object(lower.cluster), ...Object(upper.cluster) }
  return {
    ...base,
    ...upper,
    ...(Object.keys(env).length === 0 ? {} : { env }),
    ...(Object.keys(cluster).length === 0 ? {} : { cluster }),
  }
}

const isExecutor = (name: unknown): name is ExecutorName => typeof name === 'string' && Object.hasOwn(ISOLATIONS, name)

function lacks(executor: unknown, isolation: unknown): boolean {
  if (!isExecutor(executor) || isolation === undefined) return false
  return !ISOLATIONS[executor].some((possible) => possible === isolation)
}
