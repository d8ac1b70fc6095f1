import type { RunRequest } from '../../executor.ts'
import { resolveSecrets } from '../../resolve-secrets.ts'
import type { KubernetesHost } from '../host.ts'
import { encodeRequest } from '../in-pod/request.ts'

/** The run as its runner reads it, with the values of its secrets. */
export function inPodRequest(host: KubernetesHost, request: RunRequest): Uint8Array {
  const { key, command, workdir, env, secretEnv, timeoutMs, graceMs, outputCapBytes, reports } = request
  const secrets = resolveSecrets(key.suite, secretEnv, host.secrets)
  const files = reports.length > 0
  return encodeRequest({ command, workdir, env: { ...env, ...secrets }, timeoutMs, graceMs, outputCapBytes, files })
}
