import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CollectMirrorsRequest, collectMirrors } from '../../../src/git/collect-mirrors.ts'
import type { Mirror } from '../../../src/git/mirror.ts'
import { withLock } from '../../../src/process/lock-file.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder, silentLog } from './scratch-repository.ts'

const DAY_MS = 86_400_000

describe('collecting mirrors', () => {
  let scratch: ReturnType<typeof scratchFolder>
  let state: string
  let repo: string
  let sha: string
  let mirror: Mirror
  beforeEach(async () => {
    scratch = scratchFolder()
    state = join(scratch.path, 'state')
    repo = makeRepository(join(scratch.path, 'repo'))
    sha = commit(repo, 'first')
    mirror = await mirrorOf(state, repo, ['HEAD'])
  })
  afterEach(() => scratch.remove())

  const collect = (changes: Partial<CollectMirrorsRequest> = {}) =>
    collectMirrors({
      stateDir: state,
      olderThanMs: DAY_MS,
      neededCommits: [],
      dryRun: false,
      log: silentLog,
      ...changes,
    })
  const lastUsed = (ageMs: number): void => {
    const then = new Date(Date.now() - ageMs)
    utimesSync(join(mirror.path, 'commit-suite-used'), then, then)
  }
  const nameOf = ({ path }: Mirror): string => path.slice(state.length + 1)
  const counts = (): string => git(mirror.path, 'count-objects', '-v')

  it('removes one that was not used for so long, and a dry run only names it', async () => {
    lastUsed(DAY_MS + 60_000)
    const named = await collect({ dryRun: true })
    expect(named).toEqual([{ name: nameOf(mirror), sizeBytes: expect.any(Number) }])
    expect(named[0]?.sizeBytes).toBeGreaterThan(0)
    expect(existsSync(mirror.path)).toBe(true)
    expect(await collect()).toEqual(named)
    expect(existsSync(mirror.path)).toBe(false)
    expect(await collect()).toEqual([])
    expect((await mirrorOf(state, repo, ['HEAD'])).path).toBe(mirror.path)
  })

  it('keeps one that was used since, even where nothing had to be fetched', async () => {
    lastUsed(DAY_MS + 60_000)
    await mirrorOf(state, repo, [sha])
    expect(await collect()).toEqual([])
    expect(existsSync(mirror.path)).toBe(true)
  })

  it('keeps one that has a commit of a suite that goes on', async () => {
    lastUsed(DAY_MS + 60_000)
    expect(await collect({ neededCommits: ['0'.repeat(40), sha] })).toEqual([])
    expect(await collect({ neededCommits: ['0'.repeat(40)] })).toMatchObject([{ name: nameOf(mirror) }])
  })

  it('passes over one that is being written', async () => {
    lastUsed(DAY_MS + 60_000)
    const removed = await withLock(`${mirror.path}.lock`, new AbortController().signal, () => collect())
    expect(removed).toEqual([])
    expect(existsSync(mirror.path)).toBe(true)
  })

  it('removes what killed processes left, of mirrors that were never finished too', async () => {
    const left = [`${mirror.path}.draft-1`, join(state, 'mirrors', `${'0'.repeat(16)}.git.draft-1`)]
    for (const folder of left) {
      mkdirSync(folder)
      writeFileSync(join(folder, 'half'), 'x'.repeat(1000))
    }
    writeFileSync(join(mirror.path, 'objects', 'pack', 'tmp_pack_1'), '')
    const expected = left.map((path) => ({ name: nameOf({ path }), sizeBytes: 1000 }))
    expect(await collect({ dryRun: true })).toEqual(expect.arrayContaining(expected))
    expect(left.map((path) => existsSync(path))).toEqual([true, true])
    expect(await collect()).toHaveLength(2)
    expect(left.map((path) => existsSync(path))).toEqual([false, false])
    expect(readdirSync(join(mirror.path, 'objects', 'pack')).filter((name) => name.startsWith('tmp'))).toEqual([])
  })

  it('packs one of many pieces and drops no commit that a branch has left', async () => {
    git(repo, 'commit', '--quiet', '--amend', '-m', 'rewritten')
    await mirrorOf(state, repo, ['HEAD'])
    for (let index = 0; index < 20; index++) {
      const blob = execFileSync('git', ['-C', mirror.path, 'hash-object', '-w', '--stdin'], { input: `${index}` })
      const pack = ['-C', mirror.path, 'pack-objects', '--quiet', 'objects/pack/pack']
      execFileSync('git', pack, { input: blob, stdio: ['pipe', 'pipe', 'pipe'] })
    }
    expect(counts()).toMatch(/^packs: 20$/m)
    expect(await collect({ dryRun: true })).toEqual([])
    expect(counts()).toMatch(/^packs: 20$/m)
    expect(await collect()).toEqual([])
    expect(counts()).toMatch(/^packs: 1$/m)
    expect(counts()).toMatch(/^count: 0$/m)
    expect(git(mirror.path, 'cat-file', '-t', sha)).toBe('commit')
    expect(git(mirror.path, 'log', '-1', '--format=%s', sha)).toBe('first')
    expect(git(mirror.path, 'for-each-ref', '--contains', sha)).toBe('')
    git(mirror.path, 'fsck', '--strict')
  })

  it('leaves one that cannot be packed as it is, and says so', async () => {
    writeFileSync(join(mirror.path, 'HEAD'), 'nonsense')
    const warnings: string[] = []
    const log = { info() {}, warn: (_: object, message: string) => void warnings.push(message) }
    expect(await collect({ log })).toEqual([])
    expect(warnings).toEqual(['mirror not repacked'])
    expect(existsSync(mirror.path)).toBe(true)
  })

  it('has nothing to do where there are no mirrors', async () => {
    expect(await collect({ stateDir: join(scratch.path, 'none') })).toEqual([])
  })
})
