import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { ensureMirror } from '../../../src/git/mirror.ts'
import { parseRepository } from '../../../src/git/repository-ref.ts'
import { resolveCommits } from '../../../src/git/resolve.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder, silentLog } from './scratch-repository.ts'

const CHILD = fileURLToPath(new URL('./ensure-mirror.child.ts', import.meta.url))

describe('a mirror under faults', () => {
  const scratch = scratchFolder()
  const state = join(scratch.path, 'state')
  const children: ChildProcess[] = []
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL')
    scratch.remove()
  })

  const start = (repo: string, path = process.env.PATH) => {
    const child = spawn(process.execPath, [CHILD, state, repo], { env: { ...process.env, PATH: path } })
    children.push(child)
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
    return { child, exited, output: text(child.stdout) }
  }

  /** A PATH on which every `git fetch` notes itself in `log` and does `then` before the real one. */
  const slowGit = (name: string, then: string) => {
    const folder = join(scratch.path, name)
    const log = join(folder, 'fetches')
    mkdirSync(folder)
    const real =
      (process.env.PATH ?? '')
        .split(':')
        .map((part) => join(part, 'git'))
        .find(existsSync) ?? 'git'
    const fetching = `case " $* " in *" fetch "*) echo $$ >> ${log}; ${then};; esac`
    writeFileSync(join(folder, 'git'), `#!/bin/sh\n${fetching}\nexec ${real} "$@"\n`)
    chmodSync(join(folder, 'git'), 0o755)
    const pids = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').map(Number) : [])
    return { path: `${folder}:${process.env.PATH}`, pids, folder }
  }

  it('is made once when two processes ask for it at once', async () => {
    const repo = makeRepository(join(scratch.path, 'shared'))
    const sha = commit(repo, 'first')
    const slow = slowGit('slow', `while [ ! -e ${join(scratch.path, 'slow', 'go')} ]; do sleep 0.02; done`)
    const first = start(repo, slow.path)
    await vi.waitUntil(() => slow.pids().length === 1, { timeout: 20_000, interval: 20 })
    const others = [start(repo, slow.path), start(repo, slow.path)]
    await Promise.all(others.map(({ child }) => once(child.stdout, 'data')))
    writeFileSync(join(slow.folder, 'go'), '')
    const all = [first, ...others]
    expect(await Promise.all(all.map(({ exited }) => exited))).toEqual([0, 0, 0])
    const paths = (await Promise.all(all.map(({ output }) => output))).map(
      (lines) => lines.trim().split('\n').at(-1) ?? '',
    )
    expect(new Set(paths).size).toBe(1)
    const [path = ''] = paths
    expect(git(path, 'rev-parse', 'refs/commit-suite/HEAD')).toBe(sha)
  })

  it('serves every request made before a fetch began with that fetch', async () => {
    const repo = makeRepository(join(scratch.path, 'coalesced'))
    commit(repo, 'first')
    const slow = slowGit('counting', ':')
    vi.stubEnv('PATH', slow.path)
    try {
      const paths = await Promise.all(Array.from({ length: 8 }, () => mirrorOf(state, repo, ['main'])))
      expect(new Set(paths.map(({ path }) => path)).size).toBe(1)
      // The first may have begun within the millisecond in which the others asked; then one more is due.
      expect(slow.pids().length).toBeLessThanOrEqual(2)
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('is whole after the process that fetched it was killed, and its git is ended', async () => {
    const repo = makeRepository(join(scratch.path, 'killed'))
    const sha = commit(repo, 'first')
    const slow = slowGit('hanging', 'sleep 600')
    const { child, exited } = start(repo, slow.path)
    await vi.waitUntil(() => slow.pids().length === 1, { timeout: 20_000, interval: 20 })
    const [orphan = 0] = slow.pids()
    const folder = join(state, 'mirrors')
    await vi.waitUntil(() => readdirSync(folder).some((name) => name.endsWith('.writer')), { interval: 20 })
    child.kill('SIGKILL')
    await exited
    const mirror = await mirrorOf(state, repo, ['HEAD'])
    const found = await resolveCommits({ mirror, commits: ['HEAD'], firstParent: false })
    expect(found.map((one) => one.sha)).toEqual([sha])
    await vi.waitUntil(() => !isAlive(orphan), { timeout: 10_000, interval: 20 })
    expect(readdirSync(folder).filter((name) => /draft|old-|writer/.test(name))).toEqual([])
  })

  it('ends git and leaves no draft when the request is cancelled', async () => {
    const repo = makeRepository(join(scratch.path, 'cancelled'))
    commit(repo, 'first')
    const slow = slowGit('cancelling', 'sleep 600')
    const cancel = new AbortController()
    const beats: unknown[] = []
    vi.stubEnv('PATH', slow.path)
    try {
      const made = ensureMirror({
        stateDir: state,
        repo: parseRepository(repo, { transports: ['file'] }),
        signal: cancel.signal,
        heartbeat: (details) => beats.push(details),
        log: silentLog,
      })
      const settled = expect(made).rejects.toThrow('cancelled by the test')
      await vi.waitUntil(() => slow.pids().length === 1 && beats.length > 0, { timeout: 20_000, interval: 20 })
      cancel.abort(new Error('cancelled by the test'))
      await settled
    } finally {
      vi.unstubAllEnvs()
    }
    const [pid = 0] = slow.pids()
    await vi.waitUntil(() => !isAlive(pid), { timeout: 10_000, interval: 20 })
    expect(readdirSync(join(state, 'mirrors')).filter((name) => /draft|old-|writer/.test(name))).toEqual([])
  })
})

/** A zombie waits for its parent only and counts as gone. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
