import { expect, test } from 'vitest'
import { parseSuiteRequest } from '../../../src/contract/index.ts'
import { requestDigest } from '../../../src/store/request-digest.ts'

const asked = { repo: '/repositories/example', command: { shell: 'make test' }, runs: 4 }

test('a request on record is the same request in every later version: new fields that it lacks change nothing', () => {
  expect(requestDigest(parseSuiteRequest(asked))).toBe(
    'b5253f37bb13d5dc8b3874adae3a3c41d6d38015811de7348e30e5078fa74da1',
  )
})

test('who is told is part of what was asked for', () => {
  const digest = requestDigest(parseSuiteRequest({ ...asked, notify: ['team'] }))
  expect(digest).not.toBe(requestDigest(parseSuiteRequest(asked)))
})
