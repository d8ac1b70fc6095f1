import { CommitSuiteError } from '../../../contract/index.ts'
import type { RunCompletion, RunContext, RunRequest } from '../../executor.ts'
import type { KubernetesHost } from '../host.ts'
import type { Lane } from '../lane.ts'
import { runName } from '../names.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { rememberPod } from '../pods/last-seen.ts'
import type { Pack } from '../prepare/packs.ts'
import { PodUnhealthy } from '../run/attach.ts'
import { completionOf } from '../run/completion.ts'
import type { Followed } from '../run/follow.ts'
import { followRun, forgetFiles } from '../run/follow-run.ts'
import { isDone } from '../run/is-done.ts'
import { reportLoss } from '../run/report-loss.ts'
import type { WarmPod } from './pool.ts'
import type { WarmPools } from './pools.ts'

/** Whether the next run may have the pod: one that had to be forced to end may have left something behind. */
const isHealthy = (followed: Followed): boolean =>
  followed.type === 'finished' &&
  !followed.status.timedOut &&
  followed.status.oomKills === 0 &&
  followed.status.leftovers === 0

/** A run in a pod that serves one run of the commit after another, each in a fresh copy of the prepared tree. */
export async function runInWarmPod(
  host: KubernetesHost,
  pools: WarmPools,
  lane: Lane,
  pack: Pack,
  request: RunRequest,
  context: RunContext,
): Promise<RunCompletion> {
  const name = runName(request.key, request.try)
  const pool = pools.poolOf(lane, pack, request)
  const onWaiting = async (reason: string) => await context.onWaiting?.(reason)
  for (;;) {
    const pod = await pool.claim(name, context.signal, onWaiting)
    try {
      return await runIn(host, { lane, pod, name, pool }, request, context)
    } catch (error) {
      const again = error instanceof PodUnhealthy
      if (again || isDone(error, context.signal)) await pool.giveBack(name, false)
      if (!again) throw error
    }
  }
}

/** Gives back what a run has left whose result is stored. */
export async function forgetWarmRun(
  host: KubernetesHost,
  pools: WarmPools,
  lane: Lane,
  pack: Pack,
  request: RunRequest,
): Promise<void> {
  await forgetFiles(host, request)
  await pools.poolOf(lane, pack, request).settle(runName(request.key, request.try))
}

interface Claimed {
  lane: Lane
  pod: WarmPod
  name: string
  pool: ReturnType<WarmPools['poolOf']>
}

async function runIn(
  host: KubernetesHost,
  { lane: { cluster, namespace }, pod, name, pool }: Claimed,
  request: RunRequest,
  context: RunContext,
): Promise<RunCompletion> {
  const place: PodPlace = { cluster, namespace, name: pod.name }
  const { watch, lastSeen } = rememberPod(cluster.watchPods(namespace), pod.name)
  let followed: Followed | undefined
  try {
    const collected = pool.toForget(pod)
    const run = await followRun(host, watch, { place, node: pod.node, collected }, request, context)
    pool.forgotten(pod, collected)
    followed = run.followed
    const healthy = isHealthy(followed)
    const completion = completionOf(followed, run.files, pod.node)
    return {
      ...completion,
      leftOut: run.leftOut,
      dispose: async () => {
        await forgetFiles(host, request)
        pool.mayForget(pod, name)
        await pool.giveBack(name, healthy)
      },
    }
  } catch (error) {
    if (error instanceof CommitSuiteError) await reportLoss(place, error, { followed, lastSeen: lastSeen() }, context)
    throw error
  } finally {
    watch.close()
  }
}
