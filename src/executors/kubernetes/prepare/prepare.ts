import { join } from 'node:path'
import { unmetNeeds } from '../../../git/unmet-needs.ts'
import { acquireLock } from '../../../process/lock-file.ts'
import type { Preparation, PrepareContext, PrepareRequest } from '../../executor.ts'
import type { KubernetesHost } from '../host.ts'
import { laneOf } from '../lane.ts'
import { findPack } from './packs.ts'
import { packInPod } from './prepare-pod.ts'
import { packSource } from './source-pack.ts'
import { treeKey } from './tree-key.ts'

/**
 * Finds the packed tree of the commit or makes it: checkout here, set-up in a prepare pod, packed from there. Runs
 * unpack it each for itself.
 */
export async function prepareCommit(
  host: KubernetesHost,
  request: PrepareRequest,
  context: PrepareContext,
): Promise<Preparation> {
  const startedAtMs = Date.now()
  const key = treeKey(request)
  const warnings = await unmetNeeds({ path: request.mirrorPath }, request.sha)
  const lock = await acquireLock(join(host.places.packs, 'locks', key), { signal: context.signal })
  try {
    const cached = (await findPack(host.places, key)) !== undefined
    if (!cached) {
      const failed = await make(host, key, request, context)
      if (failed !== undefined) return failed
    }
    return { ok: true, treeKey: key, cached, durationMs: Date.now() - startedAtMs, warnings }
  } finally {
    await lock.release()
  }
}

async function make(
  host: KubernetesHost,
  key: string,
  request: PrepareRequest,
  context: PrepareContext,
): Promise<Extract<Preparation, { ok: false }> | undefined> {
  const source = await packSource(host.places, request, context.signal)
  if (!source.ok) return { ...source, step: 'checkout' }
  try {
    const lane = await laneOf(host, request, context.signal)
    return await packInPod(host, lane, { key, source: source.pack }, request, context)
  } finally {
    await source.dispose()
  }
}
