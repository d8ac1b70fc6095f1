import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitSuiteError } from '../contract/index.ts'
import { gitEnvironment } from './git-environment.ts'
import { noteGit } from './leftover-git.ts'
import type { Mirror } from './mirror-repository.ts'
import { runGit } from './run-git.ts'
import { readMirror } from './simple-git.ts'

/** Each pack slows every look-up down, each loose object costs a file. */
const MANY_PACKS = 20
const MANY_LOOSE_OBJECTS = 2000
const WITHIN_MS = 3_600_000
const TEMPORARY = /^(?:\.tmp-|tmp_)/

/**
 * Packs a mirror of many pieces into one; whether there was a need. No object is dropped: suites on record name
 * commits that no branch leads to any more. Readers are not disturbed. For the holder of the mirror's lock.
 */
export async function repackMirror(mirror: Mirror): Promise<boolean> {
  await removeTemporaryPacks(mirror)
  const { packs, looseObjects } = await countPieces(mirror)
  if (packs < MANY_PACKS && looseObjects < MANY_LOOSE_OBJECTS) return false
  const writer = `${mirror.path}.writer`
  const flags = ['-a', '-d', '--keep-unreachable', '--no-write-bitmap-index', '--quiet']
  try {
    const { exitCode, stderr } = await runGit(['--git-dir', mirror.path, 'repack', ...flags], {
      env: gitEnvironment(),
      cwd: '/',
      signal: AbortSignal.timeout(WITHIN_MS),
      onSpawn: (pid) => noteGit(writer, pid),
    })
    if (exitCode === 0) return true
    throw new CommitSuiteError('fetch_failed', `The mirror ${mirror.path} cannot be repacked: ${stderr}`)
  } finally {
    await rm(writer, { force: true })
  }
}

async function countPieces(mirror: Mirror): Promise<{ packs: number; looseObjects: number }> {
  const text = await readMirror(mirror, ['count-objects', '--verbose'])
  const numberOf = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  return { packs: numberOf('packs'), looseObjects: numberOf('count') }
}

/** What a killed git was packing; nobody writes now, so it belongs to nobody. */
async function removeTemporaryPacks(mirror: Mirror): Promise<void> {
  const folder = join(mirror.path, 'objects', 'pack')
  for (const name of await readdir(folder).catch(() => [])) {
    if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true })
  }
}
