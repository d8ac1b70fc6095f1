import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { connectS3 } from './client.ts'
import { asS3Error, isMissingObject, s3Fault } from './errors.ts'
import type { S3Place } from './place.ts'

const RIGHTS = ['s3:PutObject', 's3:GetObject', 's3:ListBucket', 's3:DeleteObject'] as const
export type S3Right = (typeof RIGHTS)[number]

/** No suite has that name. */
const TRIAL = '.doctor'

/**
 * Which rights the credentials of this process lack in a bucket, tried by writing, reading, listing and deleting one
 * object. Throws `artifact_store_failed` where there is no such bucket or nobody answers.
 */
export async function examineS3(place: S3Place, withinMs: number): Promise<S3Right[]> {
  const client = connectS3(place)
  const key = place.prefix === '' ? TRIAL : `${place.prefix}/${TRIAL}`
  const trials = trialsOf(client, place.bucket, key, withinMs)
  const lacking: S3Right[] = []
  try {
    for (const right of RIGHTS) {
      try {
        await trials[right]()
      } catch (error) {
        if (s3Fault(error).code !== 'AccessDenied') throw asS3Error(error, 'try', place, key)
        lacking.push(right)
      }
    }
    return lacking
  } finally {
    client.destroy()
  }
}

function trialsOf(client: S3Client, bucket: string, key: string, ms: number): Record<S3Right, () => Promise<void>> {
  const soon = () => ({ abortSignal: AbortSignal.timeout(ms) })
  return {
    async 's3:PutObject'() {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'commit-suite doctor' }), soon())
    },
    async 's3:GetObject'() {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), soon())
        await Body?.transformToByteArray()
      } catch (error) {
        // Told only to those who may list; others are refused.
        if (!isMissingObject(error)) throw error
      }
    },
    async 's3:ListBucket'() {
      await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }), soon())
    },
    async 's3:DeleteObject'() {
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: key }], Quiet: true } })
      const { Errors: [refused] = [] } = await client.send(command, soon())
      if (refused !== undefined) throw Object.assign(new Error(refused.Message), { name: refused.Code })
    },
  }
}
