import { constants, copyFile, lstat, readFile, rm, writeFile } from 'node:fs/promises'
import { type ArtifactRef, invalidInput, type RunKey } from '../contract/index.ts'
import { asArtifactError, isMissing } from './artifact-errors.ts'
import { artifactPath, suiteDirectory } from './artifact-path.ts'
import { writeAtomically } from './atomic-file.ts'
import type { ArtifactStore } from './store.ts'

/** Artifacts as files below `artifactsDir`, one directory per run. */
export function fileArtifactStore(artifactsDir: string): ArtifactStore {
  async function putBytes(key: RunKey, name: string, bytes: Uint8Array): Promise<ArtifactRef> {
    const target = artifactPath(artifactsDir, key, name)
    await writeAtomically(target, (part) => writeFile(part, bytes, { flag: 'wx', mode: 0o600 }))
    return { name, sizeBytes: bytes.byteLength }
  }

  async function putFile(key: RunKey, name: string, path: string): Promise<ArtifactRef> {
    const target = artifactPath(artifactsDir, key, name)
    const sizeBytes = await sizeOfFile(path)
    await writeAtomically(target, (part) => copyFile(path, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE))
    return { name, sizeBytes }
  }

  async function get(key: RunKey, name: string): Promise<Uint8Array | undefined> {
    const path = artifactPath(artifactsDir, key, name)
    try {
      return await readFile(path)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw asArtifactError(error, 'read', path)
    }
  }

  async function removeSuite(suite: string): Promise<void> {
    const directory = suiteDirectory(artifactsDir, suite)
    try {
      await rm(directory, { recursive: true, force: true })
    } catch (error) {
      if (!isMissing(error)) throw asArtifactError(error, 'remove', directory)
    }
  }

  return { putBytes, putFile, get, removeSuite }
}

/** A link would let the code under test name any file of this host as its report. */
async function sizeOfFile(path: string): Promise<number> {
  try {
    const entry = await lstat(path)
    if (!entry.isFile()) throw invalidInput('artifact', path, 'must be a regular file, not a link or device')
    return entry.size
  } catch (error) {
    throw asArtifactError(error, 'read', path)
  }
}
