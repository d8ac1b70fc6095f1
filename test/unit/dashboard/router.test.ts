import { describe, expect, test } from 'vitest'
import { href, parseHash } from '../../../src/dashboard/router.ts'

describe('an address', () => {
  test.each([
    ['', { page: 'suites' }],
    ['#/', { page: 'suites' }],
    ['#/suites', { page: 'suites' }],
    ['#/new', { page: 'new-suite' }],
    ['#/suites/nightly', { page: 'suite', suite: 'nightly' }],
    ['#/suites/nightly/commits/0123456789ab', { page: 'commit', suite: 'nightly', sha: '0123456789ab' }],
    ['#/runs/nightly.0123456789ab.7', { page: 'run', run: 'nightly.0123456789ab.7' }],
    ['#/searches/c-1', { page: 'search', search: 'c-1' }],
    ['#/tests?repo=x', { page: 'tests' }],
    ['#/tests/history?repo=x&test=y', { page: 'test-history' }],
    ['#/sweeps/nightly', { page: 'sweep', sweep: 'nightly' }],
    ['#/environments', { page: 'environments' }],
    ['#/login', { page: 'login' }],
  ])('%s leads to its page', (hash, route) => {
    expect(parseHash(hash).route).toEqual(route)
  })

  test.each([
    '#/nothing',
    '#/suites/a/b',
    '#/suites/a/commits/b/c',
    '#/tests/other',
    '#/environments/one',
    '#/a/b/c/d/e',
  ])('%s leads nowhere', (hash) => {
    expect(parseHash(hash).route).toEqual({ page: 'unknown' })
  })

  test('comes back as it went in, whatever its parts hold', () => {
    const test = 'pkg/mod.Test::case[a=1&b=2]?#%'
    const address = href(['tests', 'history'], { repo: 'https://git.example.org/a b', test })
    const { route, query } = parseHash(address)
    expect(route).toEqual({ page: 'test-history' })
    expect([query.get('repo'), query.get('test')]).toEqual(['https://git.example.org/a b', test])
    expect(parseHash(href(['runs', 'a/b?c']))).toMatchObject({ route: { page: 'run', run: 'a/b?c' } })
  })

  test('with a broken encoding stands for itself', () => {
    expect(parseHash('#/suites/%E0%A4%A').route).toEqual({ page: 'suite', suite: '%E0%A4%A' })
  })
})
