import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { type ClusterRef, invalidInput } from '../../../contract/index.ts'

const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/**
 * Configuration of one cluster with its context chosen: from the reference, else KUBECONFIG, else as a pod of the
 * cluster itself, else the user's own file. Throws `cluster_invalid`; messages never quote what a file holds.
 */
export function loadKubeConfig(ref: ClusterRef | undefined, env: NodeJS.ProcessEnv = process.env): KubeConfig {
  const config = configuration(ref, env)
  const context = ref?.context ?? config.getCurrentContext()
  const known = config.getContexts().map(({ name }) => name)
  if (!known.includes(context)) {
    const rule = context ? 'no such context' : 'the kubeconfig has no current context'
    throw invalidInput('cluster.context', context, rule, `There are: ${known.join(', ') || 'none'}.`, 'cluster_invalid')
  }
  config.setCurrentContext(context)
  assertUsable(config, context)
  return config
}

function configuration(ref: ClusterRef | undefined, env: NodeJS.ProcessEnv): KubeConfig {
  if (ref?.kubeconfig !== undefined) return fromFiles('cluster.kubeconfig', ref.kubeconfig)
  if (env.KUBECONFIG) return fromFiles('KUBECONFIG', env.KUBECONFIG)
  if (env.KUBERNETES_SERVICE_HOST && existsSync(SERVICE_ACCOUNT_TOKEN)) {
    const config = new KubeConfig()
    config.loadFromCluster()
    return config
  }
  return fromFiles('~/.kube/config', join(env.HOME ?? homedir(), '.kube', 'config'))
}

/** As kubectl merges: files that are missing are passed over while one is there, and the first to name a thing wins. */
function fromFiles(field: string, list: string): KubeConfig {
  const files = list.split(delimiter).filter((file) => file !== '')
  const present = files.filter((file) => existsSync(file))
  if (present.length === 0) {
    const remedy = 'Set KUBECONFIG or --kubeconfig to the kubeconfig of your cluster.'
    throw invalidInput(field, list, 'there is no such file', remedy, 'cluster_invalid')
  }
  const parts = present.map((file) => fromFile(field, file))
  const merged = new KubeConfig()
  merged.loadFromOptions({
    clusters: firstByName(parts.flatMap((part) => part.getClusters())),
    users: firstByName(parts.flatMap((part) => part.getUsers())),
    contexts: firstByName(parts.flatMap((part) => part.getContexts())),
    currentContext: parts.map((part) => part.getCurrentContext()).find(Boolean) ?? '',
  })
  return merged
}

function fromFile(field: string, file: string): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromFile(file)
    return config
  } catch (error) {
    // The first line says what and where; a parser quotes the file, with its credentials, on the next ones.
    const [what] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw invalidInput(field, file, `is not a readable kubeconfig (${what})`, undefined, 'cluster_invalid')
  }
}

function firstByName<T extends { name: string }>(all: T[]): T[] {
  const byName = new Map<string, T>()
  for (const one of all) if (!byName.has(one.name)) byName.set(one.name, one)
  return [...byName.values()]
}

function assertUsable(config: KubeConfig, context: string): void {
  const problem = problemOf(config)
  if (problem === undefined) return
  throw invalidInput('cluster.context', context, problem, undefined, 'cluster_invalid')
}

function problemOf(config: KubeConfig): string | undefined {
  const cluster = config.getCurrentCluster()
  const user = config.getCurrentUser()
  if (cluster === null) return 'its cluster is not in the kubeconfig'
  if (!URL.canParse(cluster.server)) return `its server ${cluster.server} is not a URL`
  if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify) {
    return 'its server is plain http, which needs insecure-skip-tls-verify'
  }
  const missing = [cluster.caFile, user?.certFile, user?.keyFile].find((file) => file && !isReadable(file))
  return missing === undefined ? undefined : `its file ${missing} cannot be read`
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK)
    return true
  } catch {
    return false
  }
}
