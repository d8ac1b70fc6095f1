import { setTimeout as delay } from 'node:timers/promises'
import { CommitSuiteError } from '../../../contract/index.ts'
import { ROOT } from '../manifest/own-volumes.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { ExecPatience } from '../run/exec-patience.ts'
import { parseState, type RunnerState, stateCommand } from './commands.ts'

const LONGEST_ANSWER = 1024 * 1024

const RETRY_MS = 250
const WITHIN_MS = 60_000

/** What the runner in a pod is doing. Throws `ExecFailed` where the pod cannot be asked. */
export async function askState(place: PodPlace, container: string, signal: AbortSignal): Promise<RunnerState> {
  const patience = new ExecPatience(WITHIN_MS)
  for (;;) {
    try {
      return await askOnce(place, container, signal)
    } catch (error) {
      if (!patience.again(error)) throw error
    }
    await delay(RETRY_MS, undefined, { signal })
  }
}

async function askOnce(
  { cluster, namespace, name }: PodPlace,
  container: string,
  signal: AbortSignal,
): Promise<RunnerState> {
  const parts: Uint8Array[] = []
  let length = 0
  const session = await cluster.exec({ namespace, pod: name, container }, stateCommand(ROOT), {
    signal,
    onStdout(bytes) {
      length += bytes.byteLength
      if (length <= LONGEST_ANSWER) parts.push(bytes)
    },
  })
  await session.ended
  const state = parseState(Buffer.concat(parts).toString('utf8'))
  if (state !== undefined) return state
  throw new CommitSuiteError('pod_failed', `The runner in the pod ${name} does not say what it is doing.`)
}
