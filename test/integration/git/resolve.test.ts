import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Mirror } from '../../../src/git/mirror-repository.ts'
import { resolveCommits } from '../../../src/git/resolve.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

/** main: one – two – three – merge – five; feature: two – side; tags v1 (annotated, two) and light (one). */
describe('resolving commits', () => {
  const scratch = scratchFolder()
  const sha: Record<string, string> = {}
  let mirror: Mirror
  const repository = join(scratch.path, 'repo')

  const resolve = (commits: string[], firstParent = false) => resolveCommits({ mirror, commits, firstParent })
  const shas = async (commits: string[], firstParent = false) =>
    (await resolve(commits, firstParent)).map((found) => Object.keys(sha).find((name) => sha[name] === found.sha))

  beforeAll(async () => {
    makeRepository(repository)
    sha.one = commit(repository, 'one')
    sha.two = commit(repository, 'two: Größe ✓ 変更')
    git(repository, 'tag', '-a', 'v1', '-m', 'first release')
    git(repository, 'tag', 'light', sha.one)
    git(repository, 'checkout', '--quiet', '-b', 'feature')
    sha.side = commit(repository, 'side', 'side.txt')
    git(repository, 'checkout', '--quiet', 'main')
    sha.three = commit(repository, 'three')
    git(repository, 'merge', '--quiet', '--no-ff', '-m', 'merge', 'feature')
    sha.merge = git(repository, 'rev-parse', 'HEAD')
    sha.five = commit(repository, 'five')
    git(repository, 'update-ref', 'refs/remotes/origin/upstream', sha.three)
    git(repository, 'branch', 'twenty', sha.two)
    mirror = await mirrorOf(join(scratch.path, 'state'), repository)
  })
  afterAll(() => scratch.remove())

  it.each([
    ['HEAD', ['five']],
    ['@', ['five']],
    ['HEAD~2,HEAD~1,HEAD', ['three', 'merge', 'five']],
    ['HEAD, HEAD~1', ['five', 'merge']],
    ['HEAD~1^2', ['side']],
    ['@^', ['merge']],
    ['main', ['five']],
    ['refs/heads/feature', ['side']],
    ['origin/upstream', ['three']],
    ['v1', ['two']],
    ['v1^{commit}', ['two']],
    ['light', ['one']],
    ['v1..main', ['side', 'three', 'merge', 'five']],
    ['three..', []],
  ])('reads %s', async (entry, expected) => {
    if (expected.length === 0) return await expect(resolve([entry])).rejects.toMatchObject({ code: 'ref_not_found' })
    const found = await shas([entry])
    expect(entry.includes('..') ? found.toSorted() : found).toEqual(
      entry.includes('..') ? expected.toSorted() : expected,
    )
  })

  it('lists a range oldest first, parents before children', async () => {
    const found = await shas(['light..main'])
    expect(found[0]).toBe('two')
    expect(found.slice(-2)).toEqual(['merge', 'five'])
    expect(found).toHaveLength(5)
  })

  it('follows only first parents when asked', async () => {
    expect(await shas(['v1..main'], true)).toEqual(['three', 'merge', 'five'])
  })

  it('takes what either side has for a...b', async () => {
    expect((await shas(['origin/upstream...feature'])).toSorted()).toEqual(['side', 'three'])
  })

  it('reads full and abbreviated ids', async () => {
    expect(await shas([sha.one ?? '', (sha.two ?? '').slice(0, 8)])).toEqual(['one', 'two'])
  })

  it('merges several refs of one commit at the first place, as the user wrote them', async () => {
    const found = await resolve(['v1,HEAD', 'twenty', 'v1', 'v1..main'])
    expect(found.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4])
    expect(found[0]).toMatchObject({ sha: sha.two, refs: ['v1', 'twenty'] })
    expect(found[1]).toMatchObject({ sha: sha.five, refs: ['HEAD'] })
    expect(found[4]?.refs).toEqual([found[4]?.sha.slice(0, 12)])
  })

  it('describes a commit', async () => {
    const [found] = await resolve(['v1'])
    expect(found).toMatchObject({ subject: 'two: Größe ✓ 変更', author: 'Ada Lovelace' })
    const at = Number(git(repository, 'log', '-1', '--format=%ct', sha.two ?? '')) * 1000
    expect(Date.parse(found?.committedAt ?? '')).toBe(at)
    expect(found?.committedAt).toMatch(/Z$/)
  })

  it('takes HEAD to be the default ref where one is given', async () => {
    const found = await resolveCommits({ mirror, commits: ['HEAD~1'], firstParent: false, defaultRef: 'feature' })
    expect(found[0]?.sha).toBe(sha.two)
  })

  it('names an unknown ref and similar ones', async () => {
    await expect(resolve(['HEAD,featrue'])).rejects.toMatchObject({
      code: 'ref_not_found',
      detail: { field: 'commits', value: 'featrue', remedy: 'Did you mean feature?' },
    })
  })

  it('says when an ancestor does not exist', async () => {
    await expect(resolve(['HEAD~40'])).rejects.toMatchObject({
      code: 'ref_not_found',
      detail: { field: 'commits', value: 'HEAD~40', rule: 'HEAD exists, but it has no such ancestor' },
    })
  })

  it('says that a range is empty and which way round it is not', async () => {
    await expect(resolve(['main..v1'])).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { field: 'commits', value: 'main..v1', remedy: 'Did you mean "v1..main"?' },
    })
    await expect(resolve(['main..main'])).rejects.toMatchObject({ detail: { rule: /empty range/ } })
  })

  it('refuses more commits than a suite may have', async () => {
    const large = makeRepository(join(scratch.path, 'large'))
    const stream = Array.from({ length: 10_002 }, (_, at) =>
      [
        `commit refs/heads/main`,
        `mark :${at + 1}`,
        `committer A <a@b> ${1_700_000_000 + at} +0000`,
        'data 1',
        'x',
        '',
      ].join('\n'),
    ).join('')
    execFileSync('git', ['-C', large, 'fast-import', '--quiet'], { input: stream })
    const of = await mirrorOf(join(scratch.path, 'state'), large)
    const range = (text: string) => resolveCommits({ mirror: of, commits: [text], firstParent: false })
    expect(await range('HEAD~10000..HEAD')).toHaveLength(10_000)
    await expect(range('HEAD~10001..HEAD')).rejects.toMatchObject({
      code: 'suite_too_large',
      detail: { field: 'commits', value: 'HEAD~10001..HEAD' },
    })
  })
})
