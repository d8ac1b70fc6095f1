import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Whether this process has been told of any cluster, without reading what it was told.
 *
 * MAINTENANCE: the places are those of cluster/load-kubeconfig.ts.
 */
export const clusterIsConfigured = (env: NodeJS.ProcessEnv = process.env): boolean =>
  Boolean(env.KUBECONFIG) ||
  Boolean(env.KUBERNETES_SERVICE_HOST) ||
  existsSync(join(env.HOME ?? homedir(), '.kube', 'config'))
