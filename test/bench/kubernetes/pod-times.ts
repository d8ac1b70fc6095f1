import { execa } from 'execa'
import type { RunRequest } from '../../../src/executors/executor.ts'
import { ROOT } from '../../../src/executors/kubernetes/manifest/own-volumes.ts'
import { laneNamespace, runName, warmPodName } from '../../../src/executors/kubernetes/names.ts'
import { kubectl } from './kubectl.ts'

/** A run by the clock of its pod's file system, in ms. */
export interface PodTimes {
  /** From the runner's taking the request to the status on disk. */
  runMs: number
  /** From there until a fresh copy of the tree waits for the next one. */
  refreshMs: number
}

/** Birth of the run's folder, its last change (the status is moved in) and the last change of the phase. */
const LOOK = 'cd "$0" && until grep -q idle ctl/phase; do sleep 0.01; done && stat -c "%.9W %.9Y" "runs/$1" ctl/phase'

/** Waits until the pod is ready for its next run; the run's files must still be there. */
export async function podTimes({ key, try: nth }: RunRequest, podNumber: number): Promise<PodTimes> {
  const { suite, sha } = key
  const pod = ['-n', laneNamespace(suite, sha), 'exec', warmPodName(suite, sha, podNumber)]
  const { stdout } = await execa(kubectl(), [...pod, '--', 'bash', '-c', LOOK, ROOT, runName(key, nth)])
  const [[taken = 0, ended = 0] = [], [, idle = 0] = []] = stdout.split('\n').map((line) => line.split(' ').map(Number))
  if (!(taken > 0 && ended > 0 && idle > 0)) throw new Error(`no times of birth on the pod's file system: ${stdout}`)
  return { runMs: (ended - taken) * 1000, refreshMs: (idle - ended) * 1000 }
}
