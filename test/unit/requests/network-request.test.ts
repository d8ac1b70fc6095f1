import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommitSuiteError, type SuiteRequest } from '../../../src/contract/index.ts'
import { parseNetworkRequest, parseNetworkSearch } from '../../../src/requests/network-request.ts'

const rules = { allowedRepos: ['https://*', 'file:///srv/repos/*'], allowedSecrets: ['NPM_TOKEN'] }
const network = { key: 'ci' }
const parse = (fields: Partial<SuiteRequest> = {}) =>
  parseNetworkRequest({ repo: 'https://example.com/r', network, ...fields }, rules)

describe('a request from the network', () => {
  it('runs in a sandbox on the local executor, whether it asks for it or not', () => {
    expect(parse()).toMatchObject({ executor: 'local', isolation: 'sandbox', runs: 10, network })
    expect(parse({ executor: 'local', isolation: 'sandbox' })).toEqual(parse())
  })

  it('keeps the isolation of pods', () => {
    expect(parse({ executor: 'kubernetes' }).isolation).toBe('pod')
    expect(parse({ executor: 'kubernetes', isolation: 'warm' }).isolation).toBe('warm')
  })

  it('carries its repository in the canonical form, and parses to itself', () => {
    const request = parse({ repo: 'HTTPS://Example.com:443/r/', seeds: [3, 4] })
    expect(request).toMatchObject({ repo: 'https://example.com/r', runs: 2 })
    expect(parseNetworkRequest(request, rules)).toEqual(request)
    expect(parse({ repo: 'file:///srv/repos/a' }).repo).toBe('/srv/repos/a')
  })

  it('may refer to the secrets that are allowed', () => {
    expect(parse({ secretEnv: ['NPM_TOKEN'] }).secretEnv).toEqual(['NPM_TOKEN'])
  })

  it.each<[Partial<SuiteRequest>, string, string, unknown]>([
    [{ isolation: 'process' }, 'isolation_not_allowed', 'isolation', 'process'],
    [{ secretEnv: ['NPM_TOKEN', 'AWS_SECRET'] }, 'secret_not_allowed', 'secretEnv', 'AWS_SECRET'],
    [{ repo: '/etc' }, 'repo_not_allowed', 'repo', '/etc'],
    [{ repo: 'ssh://git@example.com/r' }, 'repo_not_allowed', 'repo', 'ssh://git@example.com/r'],
    [{ repo: 'https://u:p@example.com/r' }, 'invalid_input', 'repo', 'https://***@example.com/r'],
    [
      { executor: 'kubernetes', cluster: { kubeconfig: '/root/.kube/config' } },
      'invalid_input',
      'cluster.kubeconfig',
      '/root/.kube/config',
    ],
    [{ executor: 'kubernetes', cluster: { context: 'prod' } }, 'invalid_input', 'cluster.context', 'prod'],
    [{ runs: 0 }, 'invalid_input', 'runs', 0],
  ])('is refused with %j', (fields, code, field, value) => {
    expect(() => parse(fields)).toThrow(
      expect.objectContaining({
        code,
        detail: expect.objectContaining({ field, value, rule: expect.any(String) }),
      }),
    )
  })

  it('is never more than the rules allow, and never anything but refused by an error of the catalogue', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record(
        {
          repo: fc.constantFrom('https://example.com/r', '/srv/repos/a', '/srv/repos/../x', 'git@h:r', ''),
          executor: fc.constantFrom('local', 'kubernetes', null, undefined),
          isolation: fc.constantFrom('process', 'sandbox', 'pod', 'warm', null, undefined),
          secretEnv: fc.subarray(['NPM_TOKEN', 'AWS_SECRET', 'HOME']),
          cluster: fc.constantFrom({}, { context: 'prod' }, { kubeconfig: '/k' }, undefined),
          network: fc.constant(network),
        },
        { requiredKeys: ['repo', 'network'] },
      ),
    )
    let accepted = 0
    fc.assert(
      fc.property(anything, (input) => {
        try {
          const { isolation, secretEnv, cluster, repo } = parseNetworkRequest(input, rules)
          accepted += 1
          expect(isolation).not.toBe('process')
          expect(secretEnv.filter((name) => name !== 'NPM_TOKEN')).toEqual([])
          expect(cluster?.context ?? cluster?.kubeconfig).toBeUndefined()
          expect(repo).toMatch(/^(https:\/\/|\/srv\/repos\/)/)
        } catch (error) {
          if (!(error instanceof CommitSuiteError)) throw error
          expect(error.exitCode).toBe(2)
        }
      }),
      { numRuns: 2000, seed: 13 },
    )
    expect(accepted).toBeGreaterThan(20)
  })
})

describe('a search from the network', () => {
  const search = (fields: object = {}) =>
    parseNetworkSearch({ repo: 'https://example.com/r', network, ...fields }, rules)

  it('is held to the same rules', () => {
    expect(search({ repo: 'HTTPS://Example.com:443/r/' })).toMatchObject({
      ...{ repo: 'https://example.com/r', isolation: 'sandbox', bad: 'HEAD', network },
    })
    expect(() => search({ isolation: 'process' })).toThrow(expect.objectContaining({ code: 'isolation_not_allowed' }))
    expect(() => search({ secretEnv: ['AWS_SECRET'] })).toThrow(expect.objectContaining({ code: 'secret_not_allowed' }))
    expect(() => search({ repo: '/etc' })).toThrow(expect.objectContaining({ code: 'repo_not_allowed' }))
    expect(() => search({ maxRuns: 0 })).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })

  it('parses to itself', () => {
    const request = search({ good: 'v1', secretEnv: ['NPM_TOKEN'] })
    expect(parseNetworkSearch(request, rules)).toEqual(request)
  })
})
