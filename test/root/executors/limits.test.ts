import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBase } from '../../../src/executors/local/limits/cgroup-bases.ts'
import {
  contextOf,
  type Fixture,
  makeFixture,
  prepared,
  prepareRequest,
  runShell,
  textOf,
} from '../../integration/executors/executor-fixture.ts'

const MIB = 1024 * 1024

describe('as root on a host with control groups', () => {
  let fixture: Fixture
  let treeKey: string
  beforeAll(async () => {
    fixture = await makeFixture()
    treeKey = await prepared(fixture)
  })
  afterAll(() => fixture.remove())

  test('a run that uses up its memory is ended and named so', async () => {
    const script = 'a=x; while :; do a=$a$a; done'
    const completion = await runShell(fixture, treeKey, script, { limits: { memoryBytes: 32 * MIB } })
    expect(completion).toMatchObject({ outOfMemory: true, signal: 'SIGKILL', timedOut: false })
    await completion.dispose()
  })

  test('a run within its memory is not', async () => {
    const limits = { memoryBytes: 64 * MIB }
    const completion = await runShell(fixture, treeKey, 'true', { attempt: 1, limits })
    expect(completion).toMatchObject({ outOfMemory: false, exitCode: 0 })
  })

  test('a run cannot have more processes than its limit', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 30 & done; echo all'
    const completion = await runShell(fixture, treeKey, script, { attempt: 2, limits: { processes: 6 } })
    expect(textOf(completion.stdout.head)).not.toContain('all')
    expect(textOf(completion.stderr.head)).toMatch(/fork/)
  })

  test('a run is bounded by its share of a CPU', async () => {
    const script =
      'end=$(($(date +%s%N) / 1000000 + 1000)); while [ $(($(date +%s%N) / 1000000)) -lt $end ]; do :; done; times'
    const completion = await runShell(fixture, treeKey, script, { attempt: 3, limits: { cpus: 0.2 } })
    const spent = [...textOf(completion.stdout.head).matchAll(/(\d+)m([\d.]+)s/g)].map(([, , seconds]) =>
      Number(seconds),
    )
    expect(spent.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(0.7)
  })

  test('no warning stands for limits that are enforced, and no control group is left behind', async () => {
    const limits = { memoryBytes: 64 * MIB, processes: 50, cpus: 1 }
    const preparation = await fixture.executor.prepare(prepareRequest(fixture, { limits }), contextOf())
    expect(preparation).toMatchObject({ ok: true, warnings: [] })
    const workspaces = await readdir(join(fixture.stateDir, 'runs'))
    expect(workspaces.length).toBeGreaterThan(0)
    await fixture.executor.release({ suite: 'suite-a', sha: fixture.sha, keep: false })
    const base = await findBase('pids')
    const groups = (await readdir(base?.path ?? '')).filter((name) => workspaces.some((id) => name.endsWith(id)))
    expect(groups).toEqual([])
  })

  test('an overlay can be mounted inside a run, with its upper layer in TMPDIR', async () => {
    const key = await prepared(fixture)
    const script = [
      'mkdir $TMPDIR/up $TMPDIR/work mnt',
      'mount -t overlay overlay -o lowerdir=folder,upperdir=$TMPDIR/up,workdir=$TMPDIR/work mnt',
      'echo changed > mnt/file.txt && cat folder/file.txt mnt/file.txt',
    ].join(' && ')
    const completion = await runShell(fixture, key, script, { attempt: 4 })
    expect(textOf(completion.stdout.head)).toBe('original\nchanged\n')
  })
})

describe('in a sandbox', () => {
  let folder: string
  let fixture: Fixture
  beforeAll(async () => {
    fixture = await makeFixture()
    folder = await mkdtemp(join(dirname(fixture.stateDir), 'probe-'))
  })
  afterAll(async () => {
    await fixture.remove()
    await rm(folder, { recursive: true, force: true })
  })

  test('set-up and runs see one fixed path, another uid and no other state', async () => {
    await fixture.executor.assertSupported('sandbox')
    const setup = [{ shell: 'id -u > uid.txt; touch $HOME/prepared; pwd' }]
    const treeKey = await prepared(fixture, { isolation: 'sandbox', setup })
    const script = `cat uid.txt; ls $HOME; pwd; ls ${fixture.stateDir} 2>&1 | grep -c trees; git rev-parse HEAD; echo x > report.xml`
    const completion = await runShell(fixture, treeKey, script, { isolation: 'sandbox', reports: ['*.xml'] })
    expect(textOf(completion.stderr.head)).toBe('')
    expect(textOf(completion.stdout.head)).toBe(`65533\nprepared\n/commit-suite/tree\n0\n${fixture.sha}\n`)
    expect(completion.files).toMatchObject([{ name: 'report.xml', sizeBytes: 2 }])
  })

  test('a time-out sends TERM once to everything, and nothing stays alive', async () => {
    const treeKey = await prepared(fixture, { isolation: 'sandbox' })
    const script = 'trap "echo caught" TERM; echo up; while :; do sleep 0.05; done'
    // Long enough for the mounts, which the time-out includes, and for a handler to answer; both are waited for in full.
    const changes = { isolation: 'sandbox', timeoutMs: 10_000, graceMs: 5_000, attempt: 1 } as const
    const completion = await runShell(fixture, treeKey, script, changes)
    expect(completion).toMatchObject({ timedOut: true, signal: 'SIGKILL' })
    expect(textOf(completion.stdout.head)).toBe('up\ncaught\n')
  })
})
