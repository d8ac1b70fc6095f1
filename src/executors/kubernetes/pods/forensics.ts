import type { V1Pod } from '@kubernetes/client-node'
import type { CommitSuiteError } from '../../../contract/index.ts'
import type { PodPlace } from './create-pod.ts'
import { podEvents } from './pod-events.ts'

/** The cluster may be the very thing that fails: what is not known by then is left out. */
const WITHIN_MS = 10_000
const OUTPUT_BYTES = 16_384

export interface LastOutput {
  stdout: Uint8Array
  stderr: Uint8Array
}

/** What people need to find out why a run was lost: the fault, the pod, its events and node, its last output. */
export async function gatherForensics(
  place: PodPlace,
  error: CommitSuiteError,
  known: V1Pod | undefined,
  output: LastOutput,
): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(WITHIN_MS)
  const [pod, events] = await Promise.all([podNow(place, signal), podEvents(place, signal)])
  const shown = pod ?? known
  const bundle = {
    at: new Date().toISOString(),
    cluster: place.cluster.name,
    namespace: place.namespace,
    fault: { code: error.code, message: error.message },
    node: shown?.spec?.nodeName ?? null,
    pod: shown === undefined ? null : { metadata: trimmed(shown), spec: shown.spec, status: shown.status },
    events: events.map(({ type, reason, message, count, lastTimestamp, eventTime, source }) => ({
      at: lastTimestamp ?? eventTime ?? null,
      type,
      reason,
      message,
      count: count ?? 1,
      from: source?.component,
    })),
    lastOutput: { stdout: endOf(output.stdout), stderr: endOf(output.stderr) },
  }
  return Buffer.from(`${JSON.stringify(bundle, null, 2)}\n`)
}

const endOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(-OUTPUT_BYTES)).toString('utf8')

/** Managed fields are long and say nothing to people. */
function trimmed({ metadata }: V1Pod) {
  const { managedFields: _fields, ...rest } = metadata ?? {}
  return rest
}

const podNow = ({ cluster, namespace, name }: PodPlace, signal: AbortSignal): Promise<V1Pod | undefined> =>
  cluster.request(({ core }) => core.readNamespacedPod({ namespace, name }), signal).catch(() => undefined)
