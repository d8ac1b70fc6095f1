import { DefaultLogger } from '@temporalio/worker'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { admitSuite } from '../../../activities/admit-suite.ts'
import { failSuite } from '../../../activities/end-suite.ts'
import { sourceOf } from '../../../activities/mirror-of.ts'
import { CommitSuiteError, type SuiteRequest } from '../../../src/contract/index.ts'
import type { Executor } from '../../../src/executors/executor.ts'
import { suiteSpec } from '../store/samples.ts'
import { temporaryStore } from '../store/temporary-store.ts'

const network = { key: 'ci' }
const transports = ['https', 'ssh', 'file']
const rules = { allowedRepos: ['https://*'], allowedAddresses: [], allowedSecrets: ['NPM_TOKEN'] }

const unreachable = () => Promise.reject(new Error('nothing runs here'))
const executor = (assertSupported: Executor['assertSupported']): Executor => ({
  assertSupported,
  provision: unreachable,
  prepare: unreachable,
  run: unreachable,
  release: unreachable,
  ensureSession: unreachable,
  findSession: unreachable,
  forget: unreachable,
})

async function worker(assertSupported: Executor['assertSupported'] = async () => {}) {
  const { store } = await temporaryStore()
  const deps = {
    store,
    transports,
    network: rules,
    executors: { of: () => executor(assertSupported) },
    templatesDir: undefined,
    notifyFile: undefined,
    startNotification: async () => {},
    log: { activities: pino({ level: 'silent' }), temporal: new DefaultLogger('ERROR') },
    host: { id: 'h', node: 'h', slots: 3, pods: 7 },
  }
  const admit = (id: string, request: Partial<SuiteRequest>) =>
    admitSuite(deps, { suite: id, request: { repo: 'https://example.com/r', ...request } })
  return {
    store,
    admit,
    fail: (suite: string, code: string) => failSuite(deps, { suite, fault: { code, message: 'no' }, cancelled: false }),
  }
}

describe('a worker admits', () => {
  it('a request from the network to the sandbox, under the canonical name of its repository', async () => {
    const { store, admit } = await worker()
    await admit('s-1', { repo: 'https://Example.com/r/', network })
    expect((await store.suites.get('s-1'))?.spec).toMatchObject({
      repo: 'https://example.com/r',
      isolation: 'sandbox',
      parallelism: 3,
      network,
    })
  })

  it("a request of this machine's user to whatever it asks for", async () => {
    const { store, admit } = await worker()
    await admit('s-1', { repo: '/srv/r', isolation: 'process', secretEnv: ['ANY'] })
    expect((await store.suites.get('s-1'))?.spec).toMatchObject({ repo: '/srv/r', isolation: 'process' })
  })

  it.each<[Partial<SuiteRequest>, string]>([
    [{ repo: '/srv/r' }, 'repo_not_allowed'],
    [{ isolation: 'process' }, 'isolation_not_allowed'],
    [{ secretEnv: ['OTHER'] }, 'secret_not_allowed'],
    [{ executor: 'kubernetes', cluster: { context: 'prod' } }, 'invalid_input'],
  ])('no request from the network with %j, even one that no gateway looked at', async (request, code) => {
    const { store, admit } = await worker()
    await expect(admit('s-1', { network, ...request })).rejects.toMatchObject({ code })
    expect(await store.suites.get('s-1')).toBeUndefined()
  })
})

describe('a suite that is refused after it was accepted', () => {
  it('stays on record with its reason where it came over the network', async () => {
    const { store, admit, fail } = await worker()
    await admit('s-1', { network })
    await fail('s-1', 'ref_not_found')
    await fail('s-1', 'ref_not_found')
    expect(await store.suites.get('s-1')).toMatchObject({ status: 'failed', failure: 'ref_not_found: no' })
    expect(await store.events.read('s-1', 0, 10)).toMatchObject([
      { type: 'suite.finished', data: { status: 'failed', failure: 'ref_not_found: no' } },
    ])
  })

  it("leaves nothing where this machine's user asked, who was told", async () => {
    const { store, admit, fail } = await worker()
    await admit('s-1', {})
    await fail('s-1', 'ref_not_found')
    expect(await store.suites.get('s-1')).toBeUndefined()
  })

  it.each([
    ['project type', { projectType: 'no-such-type' }, 'template_not_found'],
    ['isolation', {}, 'isolation_unavailable'],
  ])('is not one whose %s the worker cannot serve: its gateway waits for that answer', async (_, request, code) => {
    const { store, admit, fail } = await worker(() =>
      Promise.reject(new CommitSuiteError('isolation_unavailable', 'no')),
    )
    await expect(admit('s-1', { network, ...request })).rejects.toMatchObject({ code })
    await fail('s-1', code)
    expect(await store.suites.get('s-1')).toBeUndefined()
  })

  it('does not take the place of another under its id', async () => {
    const { store, admit, fail } = await worker()
    await admit('s-1', { network })
    await expect(admit('s-1', { network, runs: 7 })).rejects.toMatchObject({ code: 'suite_conflict' })
    await fail('s-1', 'suite_conflict')
    expect(await store.suites.get('s-1')).toMatchObject({ status: 'queued' })
  })
})

it('every use of a repository is held to the bounds of the network where the suite came from there', () => {
  const deps = { transports, network: rules }
  const spec = suiteSpec('s-1', { repo: 'https://example.com/r' })
  expect(sourceOf(deps, { ...spec, network })).toMatchObject({ repo: { url: spec.repo }, network: rules })
  expect(sourceOf(deps, spec)).toEqual({ repo: { kind: 'remote', transport: 'https', url: spec.repo } })
  expect(() => sourceOf(deps, { repo: '/srv/r', network })).toThrow(
    expect.objectContaining({ code: 'repo_not_allowed' }),
  )
  expect(sourceOf(deps, { repo: '/srv/r' })).toMatchObject({ repo: { kind: 'local' } })
})
