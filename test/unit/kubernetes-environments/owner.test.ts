import { describe, expect, test } from 'vitest'
import type { EnvironmentOwner } from '../../../src/executors/environment-access.ts'
import {
  isOwnedBy,
  namesOf,
  ownerAnnotations,
  ownerLabels,
  ownerOf,
} from '../../../src/executors/kubernetes/environments/owner.ts'

const SHA = '0123456789abcdef0123456789abcdef01234567'
const LANE: EnvironmentOwner = { kind: 'lane', suite: 'nightly', sha: SHA, repo: 'https://example.com/r.git' }
const session = (chat: string, user: string, key = ''): EnvironmentOwner => ({
  kind: 'session',
  session: { chat, user, key },
})
const namespaceOf = (owner: EnvironmentOwner, name = namesOf(owner)[0]) => ({
  metadata: { name, labels: ownerLabels(owner), annotations: ownerAnnotations(owner) },
})

test.each([LANE, session('14', '7'), session('Ä!', '', 'k')])('a namespace of %j says so', (owner) => {
  expect(ownerOf(namespaceOf(owner))).toEqual(owner)
  for (const name of namesOf(owner)) {
    expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    expect(ownerOf(namespaceOf(owner, name))).toEqual(owner)
  }
})

describe('a namespace is none of ours', () => {
  const { metadata } = namespaceOf(LANE)
  test.each([
    ['under another name', { ...metadata, name: 'cs-nightly-ffffffffffff' }],
    ['without our label', { ...metadata, labels: {} }],
    ['without annotations', { name: metadata.name, labels: metadata.labels }],
    ['with one missing', { ...metadata, annotations: { ...metadata.annotations, 'commit-suite/repo': undefined } }],
    ['of another kind', { ...metadata, annotations: { ...metadata.annotations, 'commit-suite/owner': 'gateway' } }],
  ])('%s', (_how, changed) => {
    const annotations: Record<string, string> = {}
    for (const [name, value] of Object.entries(('annotations' in changed ? changed.annotations : undefined) ?? {})) {
      if (value !== undefined) annotations[name] = value
    }
    expect(ownerOf({ metadata: { ...changed, annotations } })).toBeUndefined()
  })
})

test('sessions whose plain names are the same keep apart', () => {
  const [one, other] = [session('a-b', 'c'), session('a', 'b-c')]
  const [plain, hashed] = namesOf(one)
  const [otherPlain, otherHashed] = namesOf(other)
  expect(plain).toBe('im-a-b-c')
  expect(otherPlain).toBe(plain)
  expect(otherHashed).not.toBe(hashed)
  expect(isOwnedBy(namespaceOf(one), other)).toBe(false)
  expect(isOwnedBy(namespaceOf(one), one)).toBe(true)
  expect(isOwnedBy(namespaceOf(one), session('a-b', 'c', 'another key'))).toBe(false)
})
