import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Mirror } from '../../../src/git/mirror-repository.ts'
import { listSearchRange } from '../../../src/git/search-range.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

/** main: one – two – three – merge – five; feature: two – side. */
describe('the commits of a search', () => {
  const scratch = scratchFolder()
  const sha: Record<string, string> = {}
  let mirror: Mirror

  const list = (fields: { good?: string; bad?: string; firstParent?: boolean } = {}) =>
    listSearchRange({ mirror, good: undefined, bad: 'HEAD', firstParent: false, ...fields })
  const nameOf = (id: string) => Object.keys(sha).find((name) => sha[name] === id)
  const names = async (fields: Parameters<typeof list>[0] = {}) => (await list(fields)).map((one) => nameOf(one.sha))

  beforeAll(async () => {
    const repository = join(scratch.path, 'repo')
    makeRepository(repository)
    sha.one = commit(repository, 'one')
    sha.two = commit(repository, 'two')
    git(repository, 'tag', '-a', 'v1', '-m', 'first release')
    git(repository, 'checkout', '--quiet', '-b', 'feature')
    sha.side = commit(repository, 'side', 'side.txt')
    git(repository, 'checkout', '--quiet', 'main')
    sha.three = commit(repository, 'three')
    git(repository, 'merge', '--quiet', '--no-ff', '-m', 'merge', 'feature')
    sha.merge = git(repository, 'rev-parse', 'HEAD')
    sha.five = commit(repository, 'five')
    mirror = await mirrorOf(join(scratch.path, 'state'), repository)
  })
  afterAll(() => scratch.remove())

  it('are all history by default, parents before their children and told by position', async () => {
    const range = await list()
    expect(range).toHaveLength(6)
    expect(nameOf(range[0]?.sha ?? '')).toBe('one')
    expect(nameOf(range.at(-1)?.sha ?? '')).toBe('five')
    for (const [position, { parents }] of range.entries()) {
      for (const parent of parents) expect(parent).toBeLessThan(position)
    }
    const merge = range.find((one) => one.sha === sha.merge)
    expect(merge?.parents.map((parent) => nameOf(range[parent]?.sha ?? '')).toSorted()).toEqual(['side', 'three'])
    expect(merge).toMatchObject({
      subject: 'merge',
      author: expect.any(String),
      committedAt: expect.stringMatching(/Z$/),
    })
  })

  it('begin with the good one, even where that is named by a tag', async () => {
    expect((await names({ good: 'v1' }))[0]).toBe('two')
    expect((await names({ good: 'v1' })).toSorted()).toEqual(['five', 'merge', 'side', 'three', 'two'])
  })

  it('may lie on both sides of the good one: a side branch has no parent in the range', async () => {
    const range = await list({ good: sha.three ?? '', bad: 'HEAD' })
    expect(range.map((one) => nameOf(one.sha))).toEqual(['three', 'side', 'merge', 'five'])
    expect(range.map(({ parents }) => parents)).toEqual([[], [], [0, 1], [2]])
  })

  it('are those of the main line only with first parents, one after the other', async () => {
    const range = await list({ good: 'v1', firstParent: true })
    expect(range.map((one) => nameOf(one.sha))).toEqual(['two', 'three', 'merge', 'five'])
    expect(range.map(({ parents }) => parents)).toEqual([[], [0], [1], [2]])
  })

  it.each([
    [{ good: 'feature', bad: 'three-commit' }, 'ref_not_found', 'bad', 'three-commit'],
    [{ good: 'nope' }, 'ref_not_found', 'good', 'nope'],
    [{ good: 'HEAD', bad: 'v1' }, 'invalid_input', 'good', 'HEAD'],
    [{ good: 'HEAD~1^2', bad: 'HEAD~2' }, 'invalid_input', 'good', 'HEAD~1^2'],
    [{ good: 'v1..HEAD' }, 'invalid_input', 'good', 'v1..HEAD'],
    [{ bad: 'v1,HEAD' }, 'invalid_input', 'bad', 'v1,HEAD'],
    [{ bad: '--all' }, 'invalid_input', 'bad', '--all'],
    [{ good: 'HEAD' }, 'invalid_input', 'good', 'HEAD'],
  ])('are not to be had of %j', async (fields, code, field, value) => {
    await expect(list(fields)).rejects.toMatchObject({ code, detail: { field, value, rule: expect.any(String) } })
    await expect(list(fields)).rejects.toThrow(new RegExp(`^${field}: `))
  })

  it('are none where the newest has nothing before it', async () => {
    await expect(list({ bad: sha.one ?? '' })).rejects.toMatchObject({
      code: 'invalid_input',
      detail: { field: 'bad' },
    })
  })

  it('whose ends are swapped are told so', async () => {
    await expect(list({ good: 'HEAD', bad: 'v1' })).rejects.toThrow(/did you mean good v1 and bad HEAD\?/)
  })

  it('are at most 10,000', async () => {
    const repository = join(scratch.path, 'long')
    makeRepository(repository)
    const stream = Array.from({ length: 10_001 }, (_, index) =>
      [
        `commit refs/heads/main`,
        `mark :${index + 1}`,
        `committer A <a@example.org> ${1_700_000_000 + index} +0000`,
        `data 1\nx${index === 0 ? '' : `\nfrom :${index}`}`,
      ].join('\n'),
    ).join('\n\n')
    execFileSync('git', ['fast-import', '--quiet', '--force'], { cwd: repository, input: `${stream}\n` })
    const long = await mirrorOf(join(scratch.path, 'long-state'), repository)
    const ask = (good?: string) => listSearchRange({ mirror: long, good, bad: 'main', firstParent: false })
    await expect(ask()).rejects.toMatchObject({ code: 'search_too_large', detail: { field: 'good', value: null } })
    await expect(ask('main~10000')).rejects.toMatchObject({ code: 'search_too_large' })
    expect(await ask('main~9999')).toHaveLength(10_000)
  })
})
