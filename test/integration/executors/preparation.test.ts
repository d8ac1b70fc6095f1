import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  contextOf,
  type Fixture,
  makeFixture,
  prepared,
  prepareRequest,
  processesWith,
  runShell,
  textOf,
  treeKeyOf,
  until,
} from './executor-fixture.ts'

describe('preparing a commit', () => {
  let fixture: Fixture
  beforeEach(async () => {
    fixture = await makeFixture()
  })
  afterEach(() => fixture.remove())

  const setup = [{ shell: 'echo built > built.txt; touch $HOME/cache; date +%N > stamp' }]

  test('runs the set-up once; a second suite finds the tree and its HOME', async () => {
    const first = await fixture.executor.prepare(prepareRequest(fixture, { setup }), contextOf())
    const second = await fixture.executor.prepare(prepareRequest(fixture, { setup, suite: 'suite-b' }), contextOf())
    expect(first).toMatchObject({ ok: true, cached: false })
    expect(second).toMatchObject({ ok: true, cached: true, treeKey: treeKeyOf(first) })
    const completion = await runShell(fixture, treeKeyOf(second), 'cat built.txt; ls $HOME', { suite: 'suite-b' })
    expect(textOf(completion.stdout.head)).toBe('built\ncache\n')
  })

  test('says when a set-up begins, and nothing where there is none or it was done before', async () => {
    const begun: string[] = []
    const prepare = async (name: string, changes: Parameters<typeof prepareRequest>[1]) =>
      fixture.executor.prepare(prepareRequest(fixture, changes), {
        ...contextOf(),
        onSetup: async () => void begun.push(name),
      })
    await prepare('none', { setup: [] })
    await prepare('first', { setup })
    await prepare('again', { setup, suite: 'suite-b' })
    expect(begun).toEqual(['first'])
  })

  test('at the same time from two suites makes one tree', async () => {
    const preparations = await Promise.all(
      ['suite-a', 'suite-b'].map((suite) =>
        fixture.executor.prepare(prepareRequest(fixture, { setup, suite }), contextOf()),
      ),
    )
    expect(preparations.map((one) => one.ok && one.cached).toSorted()).toEqual([false, true])
  })

  test('makes another tree for other set-up commands and another environment', async () => {
    const keys = [
      await prepared(fixture, { setup }),
      await prepared(fixture, { setup: [] }),
      await prepared(fixture, { setup, env: { A: '1' } }),
    ]
    expect(new Set(keys).size).toBe(3)
  })

  test('takes content-addressed caches over from the newest tree of the repository, and nothing else', async () => {
    const fill =
      'mkdir -p $HOME/.cache/go-build $HOME/.m2; echo compiled > $HOME/.cache/go-build/a; touch $HOME/.m2/own'
    await prepared(fixture, { setup: [{ shell: fill }] })
    const look = [{ shell: 'cat $HOME/.cache/go-build/a; ls -A $HOME > found; [ -e $HOME/.cache/go-build/a ]' }]
    const next = await prepared(fixture, { setup: look, suite: 'suite-b' })
    expect(textOf((await runShell(fixture, next, 'cat found', { suite: 'suite-b' })).stdout.head)).toBe('.cache\n')
    const elsewhere = await fixture.executor.prepare(
      prepareRequest(fixture, { setup: look, env: { A: '1' } }),
      contextOf(),
    )
    expect(elsewhere).toMatchObject({ ok: false, step: 'setup' })
  })

  test('returns the output of a set-up that fails, and keeps no tree of it', async () => {
    const failing = [{ shell: 'true' }, { shell: 'echo no compiler >&2; exit 4' }, { shell: 'touch /never' }]
    const preparation = await fixture.executor.prepare(prepareRequest(fixture, { setup: failing }), contextOf())
    expect(preparation).toEqual({
      ok: false,
      step: 'setup',
      command: 'echo no compiler >&2; exit 4',
      exitCode: 4,
      output: 'no compiler\n',
    })
    expect(await readdir(join(fixture.stateDir, 'trees'))).toEqual([])
    expect(await readdir(join(fixture.stateDir, 'runs'))).toEqual([])
  })

  test('ends a set-up at its time-out and says so', async () => {
    const slow = { setup: [{ shell: 'echo waiting; exec sleep 4244' }], timeoutMs: 300 }
    const preparation = await fixture.executor.prepare(prepareRequest(fixture, slow), contextOf())
    expect(preparation).toMatchObject({ ok: false, step: 'setup', output: 'waiting\n\nended by its time-out' })
    expect(await processesWith('4244')).toEqual([])
  })

  test('that is aborted ends the set-up and throws the reason', async () => {
    const controller = new AbortController()
    const preparing = fixture.executor.prepare(
      prepareRequest(fixture, { setup: [{ shell: 'exec sleep 4245' }] }),
      contextOf(controller.signal),
    )
    preparing.catch(() => undefined)
    await until('the set-up runs', async () => (await processesWith('4245')).length > 0)
    controller.abort(new Error('cancelled'))
    await expect(preparing).rejects.toThrow('cancelled')
    expect(await processesWith('4245')).toEqual([])
    expect(await readdir(join(fixture.stateDir, 'trees'))).toEqual([])
  })

  test('reports a working directory that the commit does not have', async () => {
    const preparation = await fixture.executor.prepare(prepareRequest(fixture, { workdir: 'no/such' }), contextOf())
    expect(preparation).toMatchObject({ ok: false, step: 'checkout', command: 'cd no/such' })
  })

  test('keeps a tree that does not depend on the mirror and names it nowhere', async () => {
    const treeKey = await prepared(fixture)
    const git = join(fixture.stateDir, 'trees', treeKey, 'tree', '.git')
    await expect(access(join(git, 'objects/info/alternates'))).rejects.toThrow()
    expect(await readFile(join(git, 'config'), 'utf8')).not.toContain(fixture.mirrorPath)
    expect(await readdir(git)).not.toContain('hooks')
  })

  test('warns of submodules and of Git LFS, of a tree made earlier too', async () => {
    const other = await makeFixture(
      {},
      {
        '.gitmodules': '[submodule "x"]\n\tpath = vendor/x\n\turl = ../x\n',
        'assets/.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      },
    )
    try {
      const warnings = [
        'The commit has submodules (vendor/x); they are not fetched.',
        'The commit has files in Git LFS; only their pointers are checked out.',
      ]
      const first = await other.executor.prepare(prepareRequest(other), contextOf())
      expect(first).toMatchObject({ ok: true, cached: false, warnings: expect.arrayContaining(warnings) })
      const second = await other.executor.prepare(prepareRequest(other, { suite: 'suite-b' }), contextOf())
      expect(second).toMatchObject({ ok: true, cached: true, warnings: expect.arrayContaining(warnings) })
    } finally {
      await other.remove()
    }
  })

  test('leases its tree against garbage collection until the release', async () => {
    const treeKey = await prepared(fixture)
    expect(await fixture.executor.collectGarbage(0)).toEqual([])
    await fixture.executor.release({ suite: 'suite-a', sha: fixture.sha, keep: false })
    const removed = await fixture.executor.collectGarbage(0)
    expect(removed).toEqual([{ name: `trees/${treeKey}`, sizeBytes: expect.any(Number) }])
    expect(await readdir(join(fixture.stateDir, 'trees'))).toEqual([])
  })
})
