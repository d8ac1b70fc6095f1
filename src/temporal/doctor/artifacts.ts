import { randomUUID } from 'node:crypto'
import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'
import { describeS3Place, type S3Place } from '../../store/s3/place.ts'
import { type Check, failed, ok, warning } from './check.ts'

const NAME = 'artifacts'
const ANSWER_WITHIN_MS = 5_000

/** Whether what runs leave behind can be stored where the configuration says, and read there. */
export const checkArtifacts = async ({ artifacts }: Config): Promise<Check> =>
  typeof artifacts === 'string' ? await checkFolder(artifacts) : await checkBucket(artifacts)

async function checkFolder(folder: string): Promise<Check> {
  const trial = join(folder, `.doctor-${randomUUID()}`)
  try {
    const made = await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(trial, '')
    await rm(trial)
    // It comes with the first artifact.
    if (made !== undefined) await rmdir(folder).catch(() => undefined)
    return ok(NAME, folder)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return failed(NAME, detail, 'Make it writable, or set COMMIT_SUITE_ARTIFACTS to another folder or a bucket.')
  }
}

async function checkBucket(place: S3Place): Promise<Check> {
  const where = describeS3Place(place)
  try {
    const { examineS3 } = await import('../../store/s3/examine.ts')
    const lacking = await examineS3(place, ANSWER_WITHIN_MS)
    const detail = `${where}; not allowed: ${lacking.join(', ')}`
    if (lacking.length === 0) return ok(NAME, `${where}; may write, read, list and delete`)
    if (lacking.includes('s3:GetObject') || lacking.includes('s3:ListBucket')) {
      return failed(NAME, detail, 'Grant these rights: see docs/artifacts.md.')
    }
    if (lacking.includes('s3:PutObject')) {
      return warning(
        NAME,
        detail,
        'That suffices for a gateway; workers and gc need these rights: see docs/artifacts.md.',
      )
    }
    return warning(NAME, detail, 'Nothing can be removed there: see docs/artifacts.md.')
  } catch (error) {
    if (!(error instanceof CommitSuiteError)) throw error
    return failed(NAME, error.message, 'Look at COMMIT_SUITE_ARTIFACTS, COMMIT_SUITE_S3_ENDPOINT and the credentials.')
  }
}
