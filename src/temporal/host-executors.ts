import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Executor, Executors, SecretSource } from '../executors/executor.ts'
import type { KubernetesExecutor } from '../executors/kubernetes/executor.ts'

interface Closable {
  close(): Promise<void>
}

export interface HostExecutors extends Executors, Closable {}

/**
 * The executors of this host. The one for pods is opened with the first suite that needs it, and shared; where that
 * fails, the next suite tries again. `close` closes both.
 */
export function hostExecutors<E extends Executor & Closable>(
  local: Executor & Closable,
  openKubernetes: () => Promise<E>,
): HostExecutors {
  let kubernetes: Promise<E> | undefined
  const opened = (): Promise<E> => {
    kubernetes ??= openKubernetes().catch((error: unknown) => {
      kubernetes = undefined
      throw error
    })
    return kubernetes
  }
  return {
    of: (name) => (name === 'local' ? local : opened()),
    async close() {
      const executors = [local, await kubernetes?.catch(() => undefined)]
      await Promise.all(executors.map((executor) => executor?.close()))
    },
  }
}

/** Loads the Kubernetes client, which most hosts never need. Throws `config_invalid` for settings that are no good. */
export async function openKubernetesExecutor(
  { stateDir, kubernetesEgress, kubernetesPullSecrets, kubernetesWaitMs }: Config,
  { log, secrets }: { log: Logger; secrets: SecretSource },
): Promise<KubernetesExecutor> {
  const [{ createKubernetesExecutor }, { parseEgress }] = await Promise.all([
    import('../executors/kubernetes/executor.ts'),
    import('../executors/kubernetes/environments/egress.ts'),
  ])
  return createKubernetesExecutor({
    stateDir,
    log,
    secrets,
    egress: parseEgress(kubernetesEgress),
    pullSecrets: kubernetesPullSecrets,
    waitMs: kubernetesWaitMs,
  })
}
