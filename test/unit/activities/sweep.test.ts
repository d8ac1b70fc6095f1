import { describe, expect, it, test } from 'vitest'
import { candidatesOf } from '../../../activities/sweep/candidates-of.ts'
import { freshSeeds } from '../../../activities/sweep/fresh-seeds.ts'
import { soundSweep, suiteRequest } from '../../../activities/sweep/sweep-request.ts'
import { newKeySchema, parseSuiteRequest, parseSweepRequest } from '../../../src/contract/index.ts'
import { suiteSpec } from '../store/samples.ts'
import { temporaryStore } from '../store/temporary-store.ts'

const network = { allowedRepos: ['https://*'], allowedAddresses: [], allowedSecrets: [] }
const asked = { name: 'nightly', repo: 'https://example.com/r', cron: '@daily', network: { key: 'ci' } }
it('is held at each firing to the rules of the day, and to what its key may do', async () => {
  const { store } = await temporaryStore()
  const fire = (more: object = {}, workflowId = 'sweep/nightly-2026-11-29T02:00:00Z') =>
    soundSweep({ store, network }, { request: { ...asked, ...more }, workflowId })
  await expect(fire()).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('is revoked') })
  await store.keys.create(newKeySchema.parse({ name: 'ci', openSuites: 1 }))
  expect(await fire()).toMatchObject({ repo: 'https://example.com/r', isolation: 'sandbox', network: { key: 'ci' } })
  await expect(fire({ repo: 'file:///srv/r' })).rejects.toMatchObject({ code: 'repo_not_allowed' })
  await expect(fire({ secretEnv: ['TOKEN'] })).rejects.toMatchObject({ code: 'secret_not_allowed' })
  await expect(fire({}, 'sweep/another')).rejects.toMatchObject({ code: 'invalid_input', detail: { field: 'name' } })
  await store.suites.create({ spec: suiteSpec('s-open', { network: { key: 'ci' } }), requestDigest: 'd', seeds: [1] })
  await expect(fire()).rejects.toMatchObject({ type: 'too_many_suites', nonRetryable: true })
})

test('its suite carries whose it is, and only what a suite understands', () => {
  const sweep = parseSweepRequest({
    ...{
      ...asked,
      budgetRuns: 50,
      maxFlakeRate: 0.01,
      confidence: 0.99,
      seed: 4,
      env: { A: 'b' },
      isolation: 'sandbox',
    },
  })
  const commits = ['a'.repeat(40)]
  const suite = suiteRequest(sweep, { commits, seeds: [5, 6] })
  expect(parseSuiteRequest(suite)).toMatchObject({
    ...{ network: { key: 'ci' }, priority: 4, runs: 2, env: { A: 'b' }, isolation: 'sandbox', commits },
  })
  const stopping = suiteRequest({ ...sweep, until: 'verdict' }, { commits, seeds: [5, 6] })
  expect(parseSuiteRequest(stopping)).toMatchObject({ until: 'verdict', maxFlakeRate: 0.01, confidence: 0.99 })
})

test('seeds that the repository has had are drawn no more, and a firing that is planned again draws the same', async () => {
  const { store } = await temporaryStore()
  const own = suiteSpec('nightly', { repo: '/seeded' })
  const draw = (firing: string) => freshSeeds(store, { firing, seed: 7, own, shas: ['a'.repeat(40)], runs: 50 })
  const first = await draw('one')
  expect(new Set(first).size).toBe(50)
  expect(await draw('one')).toEqual(first)
  expect(await draw('two')).not.toEqual(first)
  await store.suites.create({ spec: suiteSpec('s-seeded', { repo: '/seeded' }), requestDigest: 'd', seeds: first })
  expect((await draw('one')).filter((seed) => first.includes(seed))).toEqual([])
})

describe('what a sweep knows of the commits it may choose', () => {
  const [newest, older, oldest] = ['c', 'b', 'a'].map((letter, age) => ({
    ...{ sha: letter.repeat(40), committedAt: `2026-11-0${3 - age}`, subject: letter },
  }))
  const commits = [newest, older, oldest].filter((commit) => commit !== undefined)
  const flake = {
    ...{ runs: 20, failed: 3, proofRuns: 0, claim: null },
    lastFailed: { sha: older?.sha ?? '', committedAt: older?.committedAt ?? '' },
  }
  const known = (at: Record<string, string[]>) =>
    candidatesOf(commits, {
      knowledge: {
        commits: new Map(
          Object.entries(at).map(([letter, tests]) => [
            letter.repeat(40),
            new Map(tests.map((test) => [test, { runs: 20, failed: 0 }])),
          ]),
        ),
        meanRunMs: 1,
      },
      tests: new Map([['flake', flake]]),
      isAfter: (commit, other) => commit.committedAt > other.committedAt,
      request: { maxFlakeRate: 0.05, confidence: 0.95 },
    })

  it('leaves a flake out of commits at which other tests ran and it did not', () => {
    const [atNewest, , atOldest] = known({ c: ['flake', 'stable'], a: ['stable'] })
    expect(atOldest?.tests).toEqual([{ runs: 20, failed: 0, flaky: false }])
    expect(atNewest).toMatchObject({
      tests: [{ runs: 20, failed: 0, flaky: true }, { flaky: false }],
      proofMissing: 59,
    })
  })

  it('expects it where nothing has run yet', () => {
    const [, between] = known({ c: ['stable'], a: ['stable'] })
    expect(between?.tests).toContainEqual({ runs: 0, failed: 0, flaky: true })
  })

  it('proves nothing fixed by a commit that took the test away', () => {
    expect(known({ c: ['stable'] })[0]).toMatchObject({ proofMissing: 0 })
  })
})
