import { constants, copyFile, open as openFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { ArtifactRef, RunKey } from '../contract/index.ts'
import { asArtifactError, isMissing } from './artifact-errors.ts'
import { artifactPath, suiteDirectory } from './artifact-path.ts'
import { writeAtomically } from './atomic-file.ts'
import { openRegularFile } from './regular-file.ts'
import type { ArtifactStore } from './store.ts'

/** Artifacts as files below `artifactsDir`, one directory per run. */
export function fileArtifactStore(artifactsDir: string): ArtifactStore {
  const pathOf = (key: RunKey, name: string): string => artifactPath(artifactsDir, key, name)

  /** Undefined where there is no such file. */
  async function looking<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (isMissing(error)) return undefined
      throw asArtifactError(error, 'read', path)
    }
  }

  return {
    async putBytes(key, name, bytes) {
      await writeAtomically(pathOf(key, name), (part) => writeFile(part, bytes, { flag: 'wx', mode: 0o600 }))
      return { name, sizeBytes: bytes.byteLength } satisfies ArtifactRef
    },

    async putFile(key, name, path) {
      const target = pathOf(key, name)
      const sizeBytes = await sizeOfFile(path)
      await writeAtomically(target, (part) =>
        copyFile(path, part, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
      )
      return { name, sizeBytes }
    },

    async get(key, name) {
      const path = pathOf(key, name)
      return await looking(path, () => readFile(path))
    },

    async open(key, name) {
      const path = pathOf(key, name)
      return await looking(path, async () => {
        const { file, sizeBytes } = await openRegularFile(path)
        return { sizeBytes, body: file.createReadStream() }
      })
    },

    async read(key, name, offset, limitBytes) {
      const path = pathOf(key, name)
      return await looking(path, async () => {
        await using file = await openFile(path)
        const { size } = await file.stat()
        const bytes = Buffer.alloc(Math.max(0, Math.min(limitBytes, size - offset)))
        const { bytesRead } = await file.read(bytes, 0, bytes.byteLength, offset)
        return { bytes: bytes.subarray(0, bytesRead), sizeBytes: size }
      })
    },

    async sizeOf(key, name) {
      const path = pathOf(key, name)
      return await looking(path, async () => (await stat(path)).size)
    },

    async removeSuite(suite) {
      const directory = suiteDirectory(artifactsDir, suite)
      try {
        await rm(directory, { recursive: true, force: true })
      } catch (error) {
        if (!isMissing(error)) throw asArtifactError(error, 'remove', directory)
      }
    },

    close() {},
  }
}

async function sizeOfFile(path: string): Promise<number> {
  try {
    const { file, sizeBytes } = await openRegularFile(path)
    await file.close()
    return sizeBytes
  } catch (error) {
    throw asArtifactError(error, 'read', path)
  }
}
