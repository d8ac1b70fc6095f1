import { describe, expect, test } from 'vitest'
import { hostEnvironment } from '../../../src/executors/local/environment/run-environment.ts'
import { resolveSecrets } from '../../../src/executors/resolve-secrets.ts'

describe('the environment of runs', () => {
  test('is built from an allow-list', () => {
    const worker = {
      HOME: '/nonexistent',
      PATH: '/usr/bin',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      AWS_SECRET_ACCESS_KEY: 'x',
      GITHUB_TOKEN: 'x',
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: '/x.so',
      npm_config_registry: 'https://registry.example.org/',
      npm_config__auth: 'x',
    }
    expect(hostEnvironment(worker)).toEqual({
      PATH: '/usr/bin',
      TERM: 'dumb',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      npm_config_registry: 'https://registry.example.org/',
    })
  })

  test('leaves out registries that hold user info', () => {
    const worker = {
      HOME: '/nonexistent',
      PIP_INDEX_URL: 'https://ada:secret@pypi.example.org/simple',
      PIP_EXTRA_INDEX_URL: 'https://a.example.org https://token@b.example.org',
      GOPROXY: 'https://proxy.example.org,direct',
    }
    expect(Object.keys(hostEnvironment(worker)).toSorted()).toEqual(['GOPROXY', 'PATH', 'TERM'])
  })

  test('has no relative folders, no programs of npm packages and no closed folders in PATH', () => {
    const path = '.:bin:/usr/bin:/srv/app/node_modules/.bin:/x/node_modules/npm/bin/node-gyp-bin:/nonexistent:/bin'
    expect(hostEnvironment({ HOME: '/nonexistent', PATH: path }).PATH).toBe('/usr/bin:/bin')
  })
})

describe('secrets', () => {
  const secrets = { valueOf: (_: string, name: string) => (name === 'EMPTY' ? '' : undefined) }

  test('may be empty', () => {
    expect(resolveSecrets('s-1', ['EMPTY'], secrets)).toEqual({ EMPTY: '' })
  })

  test('that are missing are named, with the command that brings them', () => {
    expect(() => resolveSecrets('s-1', ['EMPTY', 'DEPLOY_KEY'], secrets)).toThrow(
      /^DEPLOY_KEY: .*Run `commit-suite watch s-1` in an environment that has DEPLOY_KEY\.$/,
    )
  })
})
