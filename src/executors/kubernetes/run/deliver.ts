import { setTimeout as delay } from 'node:timers/promises'
import { CommitSuiteError } from '../../../contract/index.ts'
import type { ExecTarget } from '../cluster/cluster.ts'
import { ExecFailed } from '../cluster/exec/exec-failed.ts'
import { deliverCommand, type RunnerMode } from '../in-pod/commands.ts'
import { delivery } from '../in-pod/delivery.ts'
import { ROOT } from '../manifest/own-volumes.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import type { Pack } from '../prepare/packs.ts'

const RETRY_MS = 250
const MOST_TRIES = 20

/**
 * Brings the runner and the packed tree into a running pod, once: a pod that has them keeps what it has. A connection
 * that breaks is made again.
 *
 * @throws ExecFailed `gone` where the pod is no more, CommitSuiteError `pod_failed` where it cannot take them
 */
export async function deliver(
  { cluster, namespace, name }: PodPlace,
  container: string,
  { pack, mode, deadlineMs }: { pack: Pack; mode: RunnerMode; deadlineMs: number },
  signal: AbortSignal,
): Promise<void> {
  const target: ExecTarget = { namespace, pod: name, container }
  const what = await delivery(pack)
  const command = deliverCommand(ROOT, what.sizeBytes, mode, deadlineMs)
  for (let tries = 1; ; tries++) {
    try {
      const session = await cluster.exec(target, command, { signal, onStdout: () => undefined })
      // It hangs up before it has read everything where the pod was delivered to already.
      const writing = (async () => {
        for await (const bytes of what.bytes()) await session.write(bytes)
      })().catch(() => undefined)
      const { exitCode, stderr } = await session.ended
      await writing
      if (exitCode === 0) return
      const said = `The tree could not be unpacked in the pod (${exitCode}): ${stderr.trim()}`
      // 137: the container was ended; its state says why.
      if (exitCode !== 137) throw new CommitSuiteError('pod_failed', said)
      throw new ExecFailed('lost', said)
    } catch (error) {
      if (!(error instanceof ExecFailed) || error.kind !== 'lost' || tries >= MOST_TRIES) throw error
    }
    await delay(RETRY_MS, undefined, { signal })
  }
}
