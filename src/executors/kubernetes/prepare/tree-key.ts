import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { PrepareRequest } from '../../executor.ts'

/**
 * Name of the prepared tree: the same for the same commit, set-up, environment and pod template. Lock files and
 * manifests enter through the commit; a new image under an old tag does not, so packs are only kept for a while. The
 * same on every worker, wherever its mirrors lie: another one that takes a lane over adopts the pods that say so.
 */
export function treeKey({ mirrorPath, sha, setup, workdir, env, secretEnv, template }: PrepareRequest): string {
  const { image, pod } = template
  const variables = Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const parts = ['pod', 2, basename(mirrorPath), sha, setup, workdir, variables, secretEnv.toSorted(), image, pod]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
