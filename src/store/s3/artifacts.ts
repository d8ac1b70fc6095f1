import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { GetObjectCommand, type GetObjectCommandOutput, HeadObjectCommand } from '@aws-sdk/client-s3'
import type { ArtifactRef, RunKey } from '../../contract/index.ts'
import { asArtifactError } from '../artifact-errors.ts'
import { openRegularFile } from '../regular-file.ts'
import type { ArtifactContent, ArtifactStore } from '../store.ts'
import { connectS3 } from './client.ts'
import { asS3Error, isBehindEnd, isMissingObject, s3Fault } from './errors.ts'
import { objectKey, suitePrefix } from './object-key.ts'
import type { S3Place } from './place.ts'
import { putBytes, putStream } from './put.ts'
import { removeObjects } from './remove.ts'

/**
 * Artifacts as objects of a bucket, with the keys that files of a folder have as paths. `patienceMs` bounds how long a
 * reader waits for an answer, repeated requests included.
 */
export function s3ArtifactStore(place: S3Place, patienceMs: number): ArtifactStore {
  const client = connectS3(place)
  const { bucket } = place
  const keyOf = (key: RunKey, name: string): string => objectKey(place.prefix, key, name)

  async function asking<T>(doing: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw asS3Error(error, doing, place, key)
    }
  }

  /** Undefined where there is no such object. */
  const looking = <T>(key: string, work: () => Promise<T>): Promise<T | undefined> =>
    asking('read', key, async () => {
      try {
        return await work()
      } catch (error) {
        if (isMissingObject(error)) return undefined
        throw error
      }
    })

  async function open(key: string, range?: string): Promise<ArtifactContent> {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...(range === undefined ? {} : { Range: range }) })
    const output = await within(patienceMs, (abortSignal) => client.send(command, { abortSignal }))
    if (!(output.Body instanceof Readable)) throw new TypeError('the client gave no stream')
    return { sizeBytes: wholeSize(output), body: output.Body }
  }

  async function sizeOf(key: string): Promise<number> {
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key })
    const { ContentLength = 0 } = await within(patienceMs, (abortSignal) => client.send(command, { abortSignal }))
    return ContentLength
  }

  return {
    async putBytes(runKey, name, bytes) {
      const key = keyOf(runKey, name)
      await asking('write', key, () => putBytes(client, { bucket, key }, bytes))
      return { name, sizeBytes: bytes.byteLength } satisfies ArtifactRef
    },

    async putFile(runKey, name, path) {
      const key = keyOf(runKey, name)
      const { file, sizeBytes } = await openRegularFile(path).catch((error: unknown) => {
        throw asArtifactError(error, 'read', path)
      })
      try {
        await asking('write', key, () => putStream(client, { bucket, key }, { file, sizeBytes }))
        return { name, sizeBytes }
      } finally {
        await file.close()
      }
    },

    async get(runKey, name) {
      const key = keyOf(runKey, name)
      return await looking(key, async () => await buffer((await open(key)).body))
    },

    async open(runKey, name) {
      const key = keyOf(runKey, name)
      return await looking(key, () => open(key))
    },

    async read(runKey, name, offset, limitBytes) {
      const key = keyOf(runKey, name)
      return await looking(key, async () => {
        const nothing = async () => ({ sizeBytes: await sizeOf(key), bytes: Buffer.alloc(0) })
        if (limitBytes < 1) return await nothing()
        try {
          const { sizeBytes, body } = await open(key, `bytes=${offset}-${offset + limitBytes - 1}`)
          return { sizeBytes, bytes: await buffer(body) }
        } catch (error) {
          if (isBehindEnd(error)) return await nothing()
          throw error
        }
      })
    },

    async sizeOf(runKey, name) {
      const key = keyOf(runKey, name)
      return await looking(key, () => sizeOf(key))
    },

    async removeSuite(suite) {
      const prefix = suitePrefix(place.prefix, suite)
      await asking('remove', prefix, () => removeObjects(client, bucket, prefix))
    },

    close() {
      client.destroy()
    },
  }
}

/** Size of the whole object, also where a part of it was asked for: `bytes 3-9/4711`. */
function wholeSize({ ContentRange, ContentLength = 0 }: GetObjectCommandOutput): number {
  const total = Number(ContentRange?.split('/')[1])
  return Number.isSafeInteger(total) ? total : ContentLength
}

/** Gives up after so many ms, whatever the client still tries; an answer that has begun may take longer. */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController()
  const timer = setTimeout(() => giveUp.abort(), ms)
  try {
    return await work(giveUp.signal)
  } catch (error) {
    if (!giveUp.signal.aborted || s3Fault(error).code !== 'AbortError') throw error
    throw Object.assign(new Error(`no answer within ${ms / 1000} s`), { name: 'TimeoutError' })
  } finally {
    clearTimeout(timer)
  }
}
