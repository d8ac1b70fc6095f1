import type { Config } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import { type Check, failed, ok, warning } from './check.ts'

const NAME = 'cluster'
const ANSWER_WITHIN_MS = 5_000
const NEEDS = 'only needed for --executor kubernetes'

/** Asks the cluster of this environment, where there is one, who it is and whether we may do there what runs need. */
export async function checkCluster(config: Config): Promise<Check> {
  try {
    const { parseEgress } = await import('../../executors/kubernetes/environments/egress.ts')
    parseEgress(config.kubernetesEgress)
    const { clusterIsConfigured } = await import('../../executors/kubernetes/environments/configured.ts')
    if (!clusterIsConfigured()) return ok(NAME, `none configured (${NEEDS})`)
    const { examineCluster } = await import('../../executors/kubernetes/examine.ts')
    const { context, version, lacking } = await examineCluster(undefined, AbortSignal.timeout(ANSWER_WITHIN_MS))
    const detail = `context ${context}, Kubernetes ${version}`
    if (lacking.length === 0) return ok(NAME, `${detail}, all rights`)
    const remedy = `Grant them to your user there (${NEEDS}).`
    return warning(NAME, `${detail}; you may not: ${lacking.join(', ')}`, remedy)
  } catch (error) {
    return unusable(error)
  }
}

function unusable(error: unknown): Check {
  const detail = error instanceof Error ? error.message : String(error)
  const isMistake = error instanceof CommitSuiteError && error.code === 'config_invalid'
  if (isMistake) return failed(NAME, detail, 'Correct the variable; the worker reads it with the first suite in pods.')
  // Most who have a kubeconfig do not test in pods: nothing else of ours depends on that cluster.
  const late = error instanceof Error && error.name === 'TimeoutError'
  const why = late ? `does not answer within ${ANSWER_WITHIN_MS / 1000} s` : detail
  return warning(NAME, why, `Check KUBECONFIG and its current context (${NEEDS}).`)
}
