import { expect, test } from 'vitest'
import { commitUrl } from '../../../src/dashboard/commit-url.ts'

test.each([
  ['https://github.com/a/b.git', 'https://github.com/a/b/commit/abc'],
  ['git@github.com:a/b.git', 'https://github.com/a/b/commit/abc'],
  ['https://gitlab.com/a/b/c/', 'https://gitlab.com/a/b/c/-/commit/abc'],
  ['https://git.example.org/a/b.git', undefined],
  ['https://token@github.com/a/b', undefined],
  ['javascript://github.com/%0aalert(1)', undefined],
  ['/srv/repositories/one', undefined],
])('a commit of %s is shown at %s', (repo, address) => {
  expect(commitUrl(repo, 'abc')).toBe(address)
})
