import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensureMirror } from '../../../src/git/mirror.ts'
import { parseRepository } from '../../../src/git/repository-ref.ts'

/** A folder of its own for a test file; remove it with `remove`. */
export function scratchFolder(): { path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'commit-suite-git-')))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

const IDENTITY = ['-c', 'user.name=Ada Lovelace', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgSign=false']

/** Runs git as a user would, without this machine's configuration, and returns what it prints. */
export function git(cwd: string, ...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' }
  const allowed = ['-c', 'protocol.file.allow=always', '-c', 'safe.directory=*']
  const all = [...IDENTITY, ...allowed, ...args]
  return execFileSync('git', all, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}

export function makeRepository(path: string): string {
  mkdirSync(path, { recursive: true })
  git(path, 'init', '--quiet', '--initial-branch=main')
  return path
}

/** Commits a change to `file` (or to one named after the subject) and returns the id. */
export function commit(repository: string, subject: string, file = 'file.txt', content = subject): string {
  const path = join(repository, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  git(repository, 'add', '--all')
  git(repository, 'commit', '--quiet', '--allow-empty', '-m', subject)
  return git(repository, 'rev-parse', 'HEAD')
}

export const silentLog = { info() {}, warn() {} }

/** The mirror of a repository under `stateDir`, as an activity gets it. */
export function mirrorOf(stateDir: string, repo: string, refs?: string[]) {
  return ensureMirror({
    stateDir,
    repo: parseRepository(repo, { transports: ['file', 'https', 'ssh'] }),
    ...(refs === undefined ? {} : { refs }),
    transports: ['file', 'https', 'ssh'],
    signal: new AbortController().signal,
    heartbeat() {},
    log: silentLog,
  })
}

/** A program of this name that is the given shell script, in a folder to be put on the PATH; returns the folder. */
export function standInFor(program: string, folder: string, script: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, program), 0o755)
  return folder
}
