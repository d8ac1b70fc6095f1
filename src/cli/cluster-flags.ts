import { delimiter, resolve } from 'node:path'
import type { ClusterRef } from '../contract/index.ts'

export interface ClusterFlags {
  /** One path, or several with colons between them. */
  kubeconfig?: string | undefined
  context?: string | undefined
}

export interface EnvironmentFlags extends ClusterFlags {
  /** Of the local executor, not of a cluster. */
  local: boolean
}

/** Undefined where neither is given: the cluster of the environment. */
export function clusterOf({ kubeconfig, context }: ClusterFlags, cwd: string): ClusterRef | undefined {
  if (kubeconfig === undefined && context === undefined) return undefined
  const paths = kubeconfig?.split(delimiter).filter((path) => path !== '')
  return {
    ...(paths && { kubeconfig: paths.map((path) => resolve(cwd, path)).join(delimiter) }),
    ...(context !== undefined && { context }),
  }
}
