import { afterAll, describe, expect, test, vi } from 'vitest'
import { documentedPolicy } from '../../support/s3-server/documented-policy.ts'
import { credentialVariables, TestS3 } from '../../support/s3-server/server.ts'
import { useBuckets } from '../../unit/store/temporary-store.ts'

/**
 * Artifacts are the same in a bucket: here the tests of all that stores or reads them run once more, on a real S3 server
 * and with the rights that the docs give a worker.
 */
const FOLDER = new URL('../../unit/store/', import.meta.url)
const FILES = ['artifacts.test.ts', 'logs.test.ts', 'retention.test.ts']

const server = await TestS3.start()
afterAll(() => server.dispose())
for (const [name, value] of Object.entries(credentialVariables(server.users.worker))) vi.stubEnv(name, value)

const bucket = await server.bucket(await documentedPolicy(server))
let made = 0
useBuckets(async () => {
  made += 1
  const place = server.place(bucket, `test-${made}/artifacts`)
  return { place, list: () => server.keys(place) }
})

for (const file of FILES) {
  describe(file, async () => {
    await import(new URL(file, FOLDER).href)
  })
}

test('none of them was in a folder by mistake', () => {
  expect(made).toBeGreaterThan(20)
})
