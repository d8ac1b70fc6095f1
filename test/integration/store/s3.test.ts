import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { openArtifacts } from '../../../src/store/open-artifacts.ts'
import type { S3Place } from '../../../src/store/s3/place.ts'
import type { ArtifactStore } from '../../../src/store/store.ts'
import { checkArtifacts } from '../../../src/temporal/doctor/artifacts.ts'
import { documentedPolicy } from '../../support/s3-server/documented-policy.ts'
import { type FaultyFront, faultyFront } from '../../support/s3-server/faulty-front.ts'
import { credentialVariables, type S3Credentials, TestS3 } from '../../support/s3-server/server.ts'
import { SHA } from '../../unit/store/samples.ts'
import { temporaryDirectory } from '../../unit/store/temporary-store.ts'

const key = { suite: 's-1', sha: SHA, attempt: 3, generation: 0 }
const object = `s-1/${SHA.slice(0, 12)}/3/x`
const PATIENCE_MS = 10_000

let server: TestS3
let front: FaultyFront
let bucket: string
beforeAll(async () => {
  server = await TestS3.start()
  front = await faultyFront(server.endpoint)
  bucket = await server.bucket(await documentedPolicy(server))
})
afterAll(async () => {
  await front?.close()
  await server?.dispose()
})
beforeEach(() => {
  vi.unstubAllEnvs()
  be(server.users.worker)
  front.next.length = 0
  front.asked.length = 0
})

function be(who: S3Credentials): void {
  for (const [name, value] of Object.entries(credentialVariables(who))) vi.stubEnv(name, value)
}

async function opened(place: S3Place, patienceMs = PATIENCE_MS): Promise<ArtifactStore> {
  const artifacts = await openArtifacts(place, patienceMs)
  onTestFinished(() => artifacts.close())
  return artifacts
}

const atFront = (): S3Place => ({ ...server.place(bucket), endpoint: front.endpoint })

async function failure(work: Promise<unknown>): Promise<CommitSuiteError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof CommitSuiteError) return error
  throw new Error(`no error of ours: ${String(error)}`)
}

/** The doctor of a process with these variables. */
const examined = (place: S3Place, who: S3Credentials) => {
  be(who)
  const variables = { COMMIT_SUITE_ARTIFACTS: `s3://${place.bucket}`, COMMIT_SUITE_S3_ENDPOINT: place.endpoint }
  return checkArtifacts(readConfig({ HOME: '/nowhere', ...variables }))
}

describe('the policy of the docs', () => {
  test('lets workers store, read and remove', async () => {
    const artifacts = await opened(server.place(bucket))
    await artifacts.putBytes(key, 'x', Buffer.from('x'))
    expect(await artifacts.get(key, 'x')).toEqual(Buffer.from('x'))
    expect(await artifacts.get(key, 'y')).toBeUndefined()
    expect(await artifacts.sizeOf(key, 'y')).toBeUndefined()
    await artifacts.removeSuite('s-1')
    expect(await server.keys(server.place(bucket))).toEqual([])
    expect(await examined(server.place(bucket), server.users.worker)).toEqual({
      ...{ name: 'artifacts', status: 'ok' },
      detail: `s3://${bucket} at ${server.endpoint}; may write, read, list and delete`,
    })
    expect(await server.keys(server.place(bucket))).toEqual([])
  })

  test('lets gateways read, and no more', async () => {
    await (await opened(server.place(bucket))).putBytes(key, 'x', Buffer.from('x'))
    be(server.users.gateway)
    const artifacts = await opened(server.place(bucket))
    expect(await artifacts.get(key, 'x')).toEqual(Buffer.from('x'))
    expect(await artifacts.get(key, 'y')).toBeUndefined()
    const refused = { code: 'artifact_store_failed', detail: { rule: 'AccessDenied' } }
    await expect(artifacts.putBytes(key, 'x', Buffer.from('y'))).rejects.toMatchObject(refused)
    await expect(artifacts.removeSuite('s-1')).rejects.toMatchObject(refused)
    expect(await artifacts.get(key, 'x')).toEqual(Buffer.from('x'))
    expect(await examined(server.place(bucket), server.users.gateway)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('not allowed: s3:PutObject, s3:DeleteObject'),
    })
  })

  test('lets nobody else do anything', async () => {
    be(server.users.stranger)
    const artifacts = await opened(server.place(bucket))
    for (const refused of [
      () => artifacts.get(key, 'x'),
      () => artifacts.sizeOf(key, 'x'),
      () => artifacts.putBytes(key, 'x', Buffer.from('y')),
      () => artifacts.removeSuite('s-1'),
    ]) {
      const { code, retryable, message } = await failure(refused())
      expect([code, retryable]).toEqual(['artifact_store_failed', true])
      expect(message).toMatch(/AccessDenied.*docs\/artifacts\.md/s)
    }
    expect(await examined(server.place(bucket), server.users.stranger)).toMatchObject({ status: 'failed' })
  })
})

describe('a fault is told by its name and what to do, without a word of credentials', () => {
  test('no such bucket', async () => {
    const artifacts = await opened(server.place('no-such-bucket'))
    const error = await failure(artifacts.putBytes(key, 'x', Buffer.from('x')))
    expect(error).toMatchObject({ code: 'artifact_store_failed', detail: { rule: 'NoSuchBucket', value: object } })
    expect(error.message).toContain(`Could not write ${object} in s3://no-such-bucket at ${server.endpoint}`)
    expect(error.message).toContain('Make the bucket, or correct COMMIT_SUITE_ARTIFACTS.')
    expect((await failure(artifacts.get(key, 'x'))).detail.rule).toBe('NoSuchBucket')
    expect((await failure(artifacts.removeSuite('s-1'))).detail.rule).toBe('NoSuchBucket')
    expect(await examined(server.place('no-such-bucket'), server.owner)).toMatchObject({ status: 'failed' })
  })

  test('a wrong secret', async () => {
    const wrong = { ...server.users.worker, secretAccessKey: 'not-the-s3cret' }
    be(wrong)
    const error = await failure((await opened(server.place(bucket))).putBytes(key, 'x', Buffer.from('x')))
    expect(error).toMatchObject({ code: 'artifact_store_failed', detail: { rule: 'SignatureDoesNotMatch' } })
    const told = JSON.stringify([error, error.message, error.cause, Object.entries(Object(error.cause))])
    for (const secret of Object.values(wrong)) expect(told).not.toContain(secret)
    expect(String(error.cause)).not.toMatch(/AWS4-HMAC|Credential=/)
  })

  test('no credentials at all', async () => {
    be({ accessKeyId: '', secretAccessKey: '' })
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere')
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere')
    const error = await failure((await opened(server.place(bucket))).get(key, 'x'))
    expect(error).toMatchObject({ code: 'artifact_store_failed', detail: { rule: 'CredentialsProviderError' } })
    expect(error.message).toContain('looked for where AWS clients do')
  })

  test('no region, where Amazon is meant', async () => {
    vi.stubEnv('AWS_REGION', undefined)
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere')
    const place = { ...server.place(bucket), endpoint: undefined, region: undefined }
    const error = await failure((await opened(place)).get(key, 'x'))
    expect(error.message).toBe(
      `Could not read ${object} in s3://${bucket}: NoRegion: Region is missing. Set COMMIT_SUITE_S3_REGION to the region of the bucket.`,
    )
  })

  test('nobody there', async () => {
    const place = { ...server.place(bucket), endpoint: 'http://127.0.0.1:1' }
    const error = await failure((await opened(place)).get(key, 'x'))
    expect(error).toMatchObject({ code: 'artifact_store_failed', retryable: true, detail: { rule: 'ECONNREFUSED' } })
    expect(error.message).toContain('Is COMMIT_SUITE_S3_ENDPOINT right')
    expect(await examined(place, server.users.worker)).toMatchObject({ status: 'failed' })
  })
})

describe('what passes is tried again', () => {
  const faults = [{ status: 503, code: 'SlowDown' }, { status: 500, code: 'InternalError' }, 'cut'] as const

  test.each(faults)('%j', async (fault) => {
    const artifacts = await opened(atFront())
    const path = join(await temporaryDirectory(), 'source')
    await writeFile(path, Buffer.alloc(300_000, 'abc'))
    for (const work of [
      () => artifacts.putFile(key, 'x', path),
      () => artifacts.putBytes(key, 'y', Buffer.from('y')),
      () => artifacts.get(key, 'x'),
      () => artifacts.removeSuite('s-2'),
    ]) {
      front.next.push(fault, fault)
      front.asked.length = 0
      await work()
      expect(front.asked).toHaveLength(3)
    }
    expect(await artifacts.get(key, 'x')).toEqual(Buffer.alloc(300_000, 'abc'))
  })

  test('but not for ever', async () => {
    const artifacts = await opened(atFront())
    const path = join(await temporaryDirectory(), 'source')
    await writeFile(path, 'abc')
    for (const work of [() => artifacts.putFile(key, 'x', path), () => artifacts.get(key, 'x')]) {
      front.next.push(...Array<(typeof faults)[0]>(3).fill(faults[0]))
      front.asked.length = 0
      expect(await failure(work())).toMatchObject({ code: 'artifact_store_failed', detail: { rule: 'SlowDown' } })
      expect(front.asked).toHaveLength(3)
    }
  })

  test('a server that does not answer is given up when the patience of the reader ends', async () => {
    const artifacts = await opened(atFront(), 300)
    front.next.push('silent')
    expect(await failure(artifacts.get(key, 'x'))).toMatchObject({ detail: { rule: 'TimeoutError' } })
    expect(front.asked).toHaveLength(1)
  })

  test('what a refusal would not change is asked once', async () => {
    const artifacts = await opened(atFront())
    front.next.push({ status: 403, code: 'AccessDenied' })
    await expect(artifacts.putBytes(key, 'x', Buffer.from('x'))).rejects.toMatchObject({
      code: 'artifact_store_failed',
    })
    front.next.push({ status: 400, code: 'EntityTooLarge' })
    await expect(artifacts.putBytes(key, 'x', Buffer.from('x'))).rejects.toMatchObject({ code: 'invalid_input' })
    expect(front.asked).toHaveLength(2)
  })
})

test('a suite of thousands of artifacts goes in batches', async () => {
  await server.fill(bucket, 's-3', 2_100)
  const artifacts = await opened(atFront())
  await artifacts.removeSuite('s-3')
  expect(await server.keys(server.place(bucket, 's-3'))).toEqual([])
  expect(front.asked.filter((request) => request.startsWith('POST'))).toHaveLength(3)
})

test('what lies there outlives the server, and is read when it is back', async () => {
  const artifacts = await opened(server.place(bucket))
  await artifacts.putBytes(key, 'x', Buffer.from('kept'))
  await server.crash()
  expect(await failure(artifacts.get(key, 'x'))).toMatchObject({ code: 'artifact_store_failed' })
  await server.resume()
  expect(await artifacts.get(key, 'x')).toEqual(Buffer.from('kept'))
})
