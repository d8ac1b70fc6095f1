import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { ATTEMPTS, answerTimeoutMs } from './client.ts'
import { s3Fault } from './errors.ts'

const CONTENT_TYPE = 'application/octet-stream'
const FIRST_WAIT_MS = 100
const PIECE_BYTES = 256 * 1024

interface Target {
  bucket: string
  key: string
}

interface Source {
  file: FileHandle
  sizeBytes: number
}

/** One request: a reader sees all of it or nothing. */
export async function putBytes(client: S3Client, { bucket, key }: Target, bytes: Uint8Array): Promise<void> {
  const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: CONTENT_TYPE })
  await client.send(command, { requestTimeout: answerTimeoutMs(bytes.byteLength) })
}

/**
 * The same from a file, which is never in memory as a whole. Its checksum goes ahead of it, so that the server knows
 * whether all has arrived and no encoding of its own is needed. The client cannot repeat a stream: here it begins anew.
 */
export async function putStream(client: S3Client, target: Target, source: Source): Promise<void> {
  const checksum = await checksumOf(source)
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOnce(client, target, source, checksum)
    } catch (error) {
      if (attempt === ATTEMPTS || !mayPass(error)) throw error
      await delay(FIRST_WAIT_MS * 2 ** attempt * Math.random())
    }
  }
}

async function putOnce(client: S3Client, { bucket, key }: Target, source: Source, checksum: string): Promise<void> {
  const { sizeBytes } = source
  const Body = Readable.from(piecesOf(source), { objectMode: false })
  const unreadable = new AbortController()
  // The client would wait for bytes that never come.
  Body.once('error', (error) => unreadable.abort(error))
  const object = { Bucket: bucket, Key: key, ContentType: CONTENT_TYPE, ContentLength: sizeBytes }
  const command = new PutObjectCommand({ ...object, Body, ChecksumCRC32: checksum })
  try {
    await client.send(command, { requestTimeout: answerTimeoutMs(sizeBytes), abortSignal: unreadable.signal })
  } catch (error) {
    throw unreadable.signal.aborted ? unreadable.signal.reason : error
  } finally {
    Body.destroy()
  }
}

/** Not the stream of the handle: that one closes the handle whenever it is destroyed. */
async function* piecesOf({ file, sizeBytes }: Source): AsyncGenerator<Buffer> {
  for (let position = 0; position < sizeBytes; ) {
    const length = Math.min(PIECE_BYTES, sizeBytes - position)
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position)
    if (bytesRead === 0) throw new Error(`the file ends after ${position} of ${sizeBytes} bytes`)
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** As S3 has it: four bytes, the first one first, in base 64. */
async function checksumOf(source: Source): Promise<string> {
  let sum = 0
  for await (const piece of piecesOf(source)) sum = crc32(piece, sum)
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(sum)
  return bytes.toString('base64')
}

/** No answer, or one that blames the server or the moment. */
function mayPass(error: unknown): boolean {
  const { status } = s3Fault(error)
  return status === undefined || status >= 500 || status === 408 || status === 429
}
