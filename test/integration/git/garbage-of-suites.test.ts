import { existsSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { collectGarbage } from '../../../src/cli/collect-garbage.ts'
import { readConfig } from '../../../src/config.ts'
import { RunnerClient } from '../../../src/executors/local/runner/client.ts'
import { openStore } from '../../../src/store/open.ts'
import { suiteCommit, suiteSpec } from '../../unit/store/samples.ts'
import { commit, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

const scratch = scratchFolder()
const config = readConfig({ COMMIT_SUITE_HOME: join(scratch.path, 'state') })

afterAll(async () => {
  const runner = new RunnerClient(config.stateDir, 1_000)
  await runner.shutdown()
  await runner.close()
  scratch.remove()
})

it('gc keeps the mirror of a paused suite however old, and removes it once the suite has ended', async () => {
  const repo = makeRepository(join(scratch.path, 'repo'))
  const sha = commit(repo, 'first')
  const mirror = await mirrorOf(config.stateDir, repo, ['HEAD'])
  const longAgo = new Date(Date.now() - 30 * 86_400_000)
  utimesSync(join(mirror.path, 'commit-suite-used'), longAgo, longAgo)
  const store = await openStore(config)
  try {
    await store.suites.create({ spec: suiteSpec('s-one', { repo }), requestDigest: 'digest', seeds: [1] })
    await store.suites.putCommits('s-one', [suiteCommit(0, sha)])
    await store.suites.setStatus('s-one', 'paused', null)
    const old = { olderThanMs: 86_400_000, dryRun: false }
    expect(await collectGarbage(config, old)).toEqual([])
    expect(existsSync(mirror.path)).toBe(true)
    await store.suites.setStatus('s-one', 'cancelled', null)
    const removed = [{ name: mirror.path.slice(config.stateDir.length + 1), sizeBytes: expect.any(Number) }]
    expect(await collectGarbage(config, { ...old, dryRun: true })).toEqual(removed)
    expect(existsSync(mirror.path)).toBe(true)
    expect(await collectGarbage(config, old)).toEqual(removed)
    expect(existsSync(mirror.path)).toBe(false)
  } finally {
    await store.close()
  }
})
