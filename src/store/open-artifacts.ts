import type { ArtifactPlace } from './artifact-place.ts'
import { fileArtifactStore } from './artifacts.ts'
import type { ArtifactStore } from './store.ts'

/** Asks nobody yet. `patienceMs` bounds how long readers wait for a bucket's answer. */
export async function openArtifacts(place: ArtifactPlace, patienceMs: number): Promise<ArtifactStore> {
  if (typeof place === 'string') return fileArtifactStore(place)
  // Its client is loaded by those only who use it.
  const { s3ArtifactStore } = await import('./s3/artifacts.ts')
  return s3ArtifactStore(place, patienceMs)
}
