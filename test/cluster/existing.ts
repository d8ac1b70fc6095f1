import { KubeConfig, VersionApi } from '@kubernetes/client-node'

/** Prints where the existing cluster is and its version; exit 1 when it does not answer. */
const path = process.env.KUBECONFIG
if (path === undefined) throw new Error('KUBECONFIG is not set')
console.log(`KUBECONFIG=${path}`)
try {
  const config = new KubeConfig()
  config.loadFromDefault()
  const { gitVersion } = await config.makeApiClient(VersionApi).getCode()
  console.log(`existing cluster, Kubernetes ${gitVersion}\nready`)
} catch (error) {
  console.log(`not ready: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
