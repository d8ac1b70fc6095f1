import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { resolveCommits } from '../../../src/git/resolve.ts'
import { commit, git, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

const scratch = scratchFolder()
const upstream = join(scratch.path, 'upstream')

beforeAll(() => {
  makeRepository(upstream)
  // Stands in for ssh: the last argument is the command that the host would run.
  const ssh = join(scratch.path, 'ssh')
  writeFileSync(ssh, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n')
  chmodSync(ssh, 0o755)
  vi.stubEnv('GIT_SSH_COMMAND', ssh)
})
afterAll(() => {
  vi.unstubAllEnvs()
  scratch.remove()
})

it('HEAD~n counts from the tip of the default branch, whatever its name, and follows when that changes', async () => {
  const first = commit(upstream, 'first')
  const second = commit(upstream, 'second')
  git(upstream, 'checkout', '--quiet', '-b', 'trunk')
  const third = commit(upstream, 'third')
  const resolve = async (...commits: string[]) => {
    const mirror = await mirrorOf(join(scratch.path, 'state'), `ssh://git@example.com${upstream}`, commits)
    return (await resolveCommits({ mirror, commits, firstParent: false })).map(({ sha }) => sha)
  }
  expect(await resolve('HEAD', 'HEAD~1', 'HEAD~2')).toEqual([third, second, first])
  git(upstream, 'checkout', '--quiet', 'main')
  expect(await resolve('HEAD~1')).toEqual([first])
  const fourth = commit(upstream, 'fourth')
  expect(await resolve('HEAD', 'HEAD~1')).toEqual([fourth, second])
  await expect(resolve('HEAD~9')).rejects.toMatchObject({ code: 'ref_not_found' })
})
