import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inSpan } from '../../../telemetry/spans.ts'
import type { CollectedFile, RunContext, RunRequest } from '../../executor.ts'
import type { PodWatch } from '../cluster/cluster.ts'
import type { KubernetesHost } from '../host.ts'
import { testContainer } from '../manifest/test-container.ts'
import { runName } from '../names.ts'
import type { PodPlace } from '../pods/create-pod.ts'
import { podAttributes } from '../pods/pod-attributes.ts'
import { selectFiles, unpackFiles } from './collect-files.ts'
import { type Followed, follow } from './follow.ts'
import { inPodRequest } from './in-pod-request.ts'

/** For the last output, the report files and the way of all that. */
const MARGIN_MS = 120_000

export interface FollowedRun {
  followed: Followed
  files: CollectedFile[]
  leftOut: string[]
}

const filesFolder = (host: KubernetesHost, { key, try: nth }: RunRequest): string =>
  join(host.places.scratch, runName(key, nth))

/** Removes the collected files of a run from this host once they are stored. */
export async function forgetFiles(host: KubernetesHost, request: RunRequest): Promise<void> {
  if (request.reports.length > 0) await rm(filesFolder(host, request), { recursive: true, force: true })
}

/** A run in a pod that runs: its output, its end and its files. */
export async function followRun(
  host: KubernetesHost,
  watch: PodWatch,
  { place, node, collected }: { place: PodPlace; node: string; collected: readonly string[] },
  request: RunRequest,
  context: RunContext,
): Promise<FollowedRun> {
  const name = runName(request.key, request.try)
  let selected: readonly string[] = []
  let files: CollectedFile[] = []
  const followed = await inSpan('pod exec', podAttributes(place), () =>
    follow(
      watch,
      {
        place,
        container: testContainer(request.template),
        name,
        request: inPodRequest(host, request),
        collected,
        signal: context.signal,
        withinMs: request.timeoutMs + request.graceMs + MARGIN_MS,
      },
      {
        onStarted: (startedAt) => context.onStarted(startedAt, node),
        onOutput: (chunk) => context.onOutput(chunk),
        selectFiles(names) {
          selected = selectFiles(request.reports, names)
          return selected
        },
        async onArchive(archive) {
          files = await unpackFiles(archive, selected, filesFolder(host, request))
        },
      },
    ),
  )
  host.progress.mark(place.namespace)
  const kept = new Set(files.map(({ name }) => name))
  return { followed, files, leftOut: selected.filter((name) => !kept.has(name)) }
}
