import type { ArtifactRef, RunKey } from '../src/contract/index.ts'
import { runFields } from '../src/telemetry/log-fields.ts'
import type { ActivityDeps } from './deps.ts'
import { maskBytes } from './mask-secrets.ts'
import type { PlannedRun } from './planned-run.ts'

const forensicsName = (lostTry: number): string => `forensics/try-${lostTry}.json`

/** Stores what is known of a try that is about to be lost, masked. Whatever that meets, the fault itself counts. */
export async function storeForensics(
  { store, log }: ActivityDeps,
  { key, ...planned }: PlannedRun,
  bundle: Uint8Array,
  masked: readonly Buffer[],
): Promise<void> {
  try {
    await store.artifacts.putBytes(key, forensicsName(planned.try), maskBytes(masked, bundle))
  } catch (error) {
    log.activities.warn({ ...runFields({ key, ...planned }), err: error }, 'forensics could not be stored')
  }
}

/** What was kept of a lost try, if anything was. */
export async function forensicsOf(
  { store }: ActivityDeps,
  key: RunKey,
  lostTry: number,
): Promise<ArtifactRef | undefined> {
  const name = forensicsName(lostTry)
  const sizeBytes = await store.artifacts.sizeOf(key, name)
  return sizeBytes === undefined ? undefined : { name, sizeBytes }
}

/** What was kept of the tries 1..`tries` of a run. */
export async function allForensics(deps: ActivityDeps, key: RunKey, tries: number): Promise<ArtifactRef[]> {
  const found = await Promise.all(Array.from({ length: tries }, (_, index) => forensicsOf(deps, key, index + 1)))
  return found.filter((artifact) => artifact !== undefined)
}
