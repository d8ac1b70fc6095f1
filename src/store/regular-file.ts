import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { invalidInput } from '../contract/index.ts'
import { systemCode } from './artifact-errors.ts'

/**
 * Opens a file for reading, and nothing else: a link would let the code under test name any file of this host as its
 * report. Throws `invalid_input`.
 */
export async function openRegularFile(path: string): Promise<{ file: FileHandle; sizeBytes: number }> {
  const refused = () => invalidInput('artifact', path, 'must be a regular file, not a link or device')
  // A pipe would be waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags).catch((error: unknown) => {
    throw systemCode(error) === 'ELOOP' ? refused() : error
  })
  try {
    const info = await file.stat()
    if (!info.isFile()) throw refused()
    return { file, sizeBytes: info.size }
  } catch (error) {
    await file.close()
    throw error
  }
}
