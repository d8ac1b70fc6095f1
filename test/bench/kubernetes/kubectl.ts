import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Of the cluster that `KUBECONFIG` names: the test cluster's own kubectl, which lies beside it, else that of the PATH. */
export function kubectl(): string {
  const { KUBECONFIG } = process.env
  if (!KUBECONFIG) throw new Error('KUBECONFIG is not set: make bench-kubernetes does that')
  const own = join(dirname(KUBECONFIG), 'bin', 'kubectl')
  return existsSync(own) ? own : 'kubectl'
}
