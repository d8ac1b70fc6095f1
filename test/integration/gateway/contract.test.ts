import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '../../../src/contract/http/operations.ts'
import { problemOf } from '../../../src/contract/http/problem.ts'
import { CommitSuiteError, type ErrorCode } from '../../../src/contract/index.ts'
import type { EnvironmentAccess } from '../../../src/executors/environment-access.ts'
import { type Answer, type CallOptions, GatewayBench } from '../../support/gateway-bench.ts'
import { recordIsolation, VICTIM } from '../../support/recorded-isolation.ts'
import { recordSearch } from '../../support/recorded-search.ts'
import { finishSuite, recordSuite } from '../../support/recorded-suite.ts'
import { runResult, SHA } from '../../unit/store/samples.ts'

// Every operation of the OpenAPI document answers as the document says, and so does every error that it lists.

interface Case extends CallOptions {
  method: string
  path: string
  /** What makes this call end so. */
  provoke?: () => void | Promise<void>
}

const RUN = `done.${SHA.slice(0, 12)}.2`
const NO_COST = {
  holding: { cpuMillis: 500, memoryBytes: 1024 ** 3, diskBytes: 0 },
  spent: { cpuHours: 2, memoryGibHours: 4, diskGibHours: 0 },
}
const environment: EnvironmentAccess = {
  place: 'fake',
  list: async () => [
    {
      namespace: 'cs-done-a1a1a1a1a1a1',
      owner: { kind: 'lane', suite: 'done', sha: SHA, repo: '/r' },
      createdAt: new Date(0),
      expiresAt: undefined,
      phase: 'Active',
      pods: 0,
      suites: ['done'],
      heldBy: [],
      ...NO_COST,
    },
    {
      namespace: 'cs-open-a1a1a1a1a1a1',
      owner: { kind: 'lane', suite: 'open', sha: SHA, repo: '/r' },
      createdAt: new Date(0),
      expiresAt: undefined,
      phase: 'Active',
      pods: 1,
      suites: ['open'],
      heldBy: [],
      ...NO_COST,
    },
  ],
  remove: async () => undefined,
  close: async () => undefined,
}

let bench: GatewayBench
let admin: string
let cluster: () => Promise<EnvironmentAccess>
beforeAll(async () => {
  bench = await GatewayBench.start({ openEnvironments: () => cluster(), rules: { allowedSecrets: ['TOKEN'] } })
  admin = await bench.key('admin', 'admin')
  await recordSuite(bench.store, { id: 'done', runs: 6 })
  await recordSuite(bench.store, { id: 'open', runs: 3, status: 'running' })
  await recordSearch(bench.store, { id: 'c-done' })
  await recordSearch(bench.store, { id: 'c-open', status: 'running' })
  await recordIsolation(bench.store, { id: 'i-done' })
  await create('nightly')
  await recordIsolation(bench.store, { id: 'i-open', status: 'running' })
  const key = { suite: 'done', sha: SHA, attempt: 2, generation: 0 }
  await bench.store.artifacts.putBytes(key, 'report.xml', Buffer.from('<x/>'))
  cluster = async () => environment
})
afterAll(() => bench.stop())

const start = (body: object, more: Partial<Case> = {}): Case => ({
  ...{ method: 'POST', path: '/v1/suites', body: { repo: 'https://example.org/a.git', ...body } },
  ...more,
})
const search = (body: object, more: Partial<Case> = {}): Case => ({ ...start(body, more), path: '/v1/searches' })
const isolate = (body: object, more: Partial<Case> = {}): Case => ({
  ...start({ test: VICTIM, ...body }, more),
  path: '/v1/isolations',
})
const sweep = (body: object, more: Partial<Case> = {}): Case => ({
  ...start({ name: 'nightly', cron: '@daily', ...body }, more),
  path: '/v1/sweeps',
})
/** A key that has a sweep and an open suite, and may have no more of either. */
const fullOfSweeps = async () => {
  smallKey = await full()
  await bench.call('POST', '/v1/sweeps', { ...sweep({ name: 'of-small' }), key: smallKey })
}
const RANGE = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00+01:00' }
const get = (path: string, more: Partial<Case> = {}): Case => ({ method: 'GET', path, ...more })
const post = (path: string, body?: unknown, more: Partial<Case> = {}): Case => ({ method: 'POST', path, body, ...more })
const change = (name: string, body: unknown, more: Partial<Case> = {}): Case => ({
  ...{ method: 'PATCH', path: `/v1/sweeps/${name}`, body },
  ...more,
})
const create = async (name: string) => void (await bench.call('POST', '/v1/sweeps', { ...sweep({ name }), key: admin }))
const failing = (error: Error) => () => {
  bench.control.failure = error
}
const refusing = (code: ErrorCode) => () => {
  bench.control.refusal = new CommitSuiteError(code, `${code} for this test`)
}
const away = failing(Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} }))
const asText = { headers: { 'content-type': 'text/plain' } }
const large = 'x'.repeat(1_600_000)
const full = async () => {
  await bench.store.keys.revoke('small').catch(() => undefined)
  const secret = await bench.key('small', 'run', { openSuites: 1 })
  await recordSuite(bench.store, { id: `open-of-small-${Date.now()}`, runs: 1, status: 'running', key: 'small' })
  return secret
}
let smallKey = ''

type Name = keyof typeof OPERATIONS
const isName = (key: string): key is Name => Object.hasOwn(OPERATIONS, key)
type Common =
  | 'unauthorized'
  | 'forbidden'
  | 'origin_not_allowed'
  | 'rate_limited'
  | 'store_unavailable'
  | 'draining'
  | 'internal'
  | 'invalid_input'

/** How each operation succeeds, and how each of the errors that only it can have comes about. */
const CASES: {
  [N in Name]: { success: Case } & { [C in Exclude<(typeof OPERATIONS)[N]['errors'][number], Common>]: Case }
} = {
  startSuite: {
    success: start({ secretEnv: ['TOKEN'] }),
    repo_not_allowed: start({ repo: 'file:///srv/secret' }),
    address_not_allowed: start({}, { provoke: refusing('address_not_allowed') }),
    isolation_not_allowed: start({ isolation: 'process' }),
    isolation_unavailable: start({}, { provoke: refusing('isolation_unavailable') }),
    secret_not_allowed: start({ secretEnv: ['AWS_SECRET_ACCESS_KEY'] }),
    template_not_found: start({}, { provoke: refusing('template_not_found') }),
    suite_conflict: start({ id: 'done' }),
    idempotency_conflict: start(
      { runs: 7 },
      {
        headers: { 'idempotency-key': 'once' },
        provoke: async () => {
          await bench.call('POST', '/v1/suites', {
            ...start({ runs: 8 }),
            key: admin,
            headers: { 'idempotency-key': 'once' },
          })
        },
      },
    ),
    suite_too_large: start({}, { provoke: refusing('suite_too_large') }),
    too_many_suites: start(
      {},
      {
        provoke: async () => {
          smallKey = await full()
        },
      },
    ),
    body_too_large: start({ command: { shell: large } }),
    media_type_not_supported: start({}, asText),
    temporal_unavailable: start({}, { provoke: away }),
  },
  listSuites: {
    success: get('/v1/suites?limit=2&status=completed,running'),
    suite_not_found: get('/v1/suites?cursor=nope'),
  },
  getSuite: { success: get('/v1/suites/done'), suite_not_found: get('/v1/suites/nope') },
  listRuns: {
    success: get('/v1/suites/done/runs?outcome=failed'),
    suite_not_found: get('/v1/suites/nope/runs'),
    commit_not_found: get(`/v1/suites/done/runs?commit=${'0'.repeat(40)}`),
  },
  listTests: {
    success: get('/v1/suites/done/tests?limit=1'),
    suite_not_found: get('/v1/suites/nope/tests'),
    commit_not_found: get(`/v1/suites/done/tests?commit=${'0'.repeat(40)}`),
  },
  streamEvents: { success: get('/v1/suites/done/events'), suite_not_found: get('/v1/suites/nope/events') },
  cancelSuite: steering('cancel'),
  pauseSuite: steering('pause'),
  resumeSuite: steering('resume'),
  extendSuite: {
    success: post('/v1/suites/done/extend', { runs: 2, expected: 0 }),
    suite_not_found: post('/v1/suites/nope/extend', { runs: 2, expected: 0 }),
    extension_conflict: extending('extension_conflict'),
    suite_too_large: extending('suite_too_large'),
    temporal_unavailable: post('/v1/suites/done/extend', { runs: 2, expected: 0 }, { provoke: away }),
    body_too_large: post('/v1/suites/done/extend', { runs: large, expected: 0 }),
    media_type_not_supported: post('/v1/suites/done/extend', { runs: 2, expected: 0 }, asText),
  },
  startSearch: {
    success: search({ secretEnv: ['TOKEN'], good: 'v1', maxRuns: 50 }),
    repo_not_allowed: search({ repo: 'file:///srv/secret' }),
    address_not_allowed: search({}, { provoke: refusing('address_not_allowed') }),
    isolation_not_allowed: search({ isolation: 'process' }),
    isolation_unavailable: search({}, { provoke: refusing('isolation_unavailable') }),
    secret_not_allowed: search({ secretEnv: ['AWS_SECRET_ACCESS_KEY'] }),
    template_not_found: search({}, { provoke: refusing('template_not_found') }),
    search_conflict: search({ id: 'c-done' }),
    idempotency_conflict: search(
      { maxRuns: 7 },
      {
        headers: { 'idempotency-key': 'once-searched' },
        provoke: async () => {
          const first = { ...search({ maxRuns: 8 }), key: admin, headers: { 'idempotency-key': 'once-searched' } }
          await bench.call('POST', '/v1/searches', first)
        },
      },
    ),
    too_many_suites: search(
      {},
      {
        provoke: async () => {
          smallKey = await full()
        },
      },
    ),
    body_too_large: search({ command: { shell: large } }),
    media_type_not_supported: search({}, asText),
    temporal_unavailable: search({}, { provoke: away }),
  },
  listSearches: {
    success: get('/v1/searches?limit=2&status=completed,running'),
    search_not_found: get('/v1/searches?cursor=nope'),
  },
  getSearch: { success: get('/v1/searches/c-done'), search_not_found: get('/v1/searches/nope') },
  listSearchCommits: {
    success: get('/v1/searches/c-done/commits?cursor=1'),
    search_not_found: get('/v1/searches/nope/commits'),
  },
  streamSearchEvents: {
    success: get('/v1/searches/c-done/events'),
    search_not_found: get('/v1/searches/nope/events'),
  },
  cancelSearch: {
    success: post('/v1/searches/c-open/cancel'),
    search_not_found: post('/v1/searches/nope/cancel'),
    search_not_running: post('/v1/searches/c-done/cancel'),
    temporal_unavailable: post('/v1/searches/c-open/cancel', undefined, { provoke: away }),
    media_type_not_supported: post('/v1/searches/c-open/cancel', '', asText),
  },
  reportXml: { success: get('/v1/suites/done/report.xml'), suite_not_found: get('/v1/suites/nope/report.xml') },
  reportMarkdown: { success: get('/v1/suites/done/report.md'), suite_not_found: get('/v1/suites/nope/report.md') },
  reportJson: { success: get('/v1/suites/done/report.json'), suite_not_found: get('/v1/suites/nope/report.json') },
  reportHtml: { success: get('/v1/suites/done/report.html'), suite_not_found: get('/v1/suites/nope/report.html') },
  getRun: { success: get(`/v1/runs/${RUN}`), run_not_found: get('/v1/runs/nope') },
  describeRun: { success: get(`/v1/runs/${RUN}/definition`), run_not_found: get('/v1/runs/nope/definition') },
  listRunSteps: { success: get(`/v1/runs/${RUN}/steps`), run_not_found: get('/v1/runs/nope/steps') },
  listRunTests: { success: get(`/v1/runs/${RUN}/tests`), run_not_found: get('/v1/runs/nope/tests') },
  readLog: { success: get(`/v1/runs/${RUN}/log`), run_not_found: get('/v1/runs/nope/log') },
  readArtifact: {
    success: get(`/v1/runs/${RUN}/artifacts/report.xml`),
    run_not_found: get('/v1/runs/nope/artifacts/report.xml'),
    artifact_not_found: get(`/v1/runs/${RUN}/artifacts/none.xml`),
  },
  replayRun: {
    success: post(`/v1/runs/of-network.${SHA.slice(0, 12)}.0/replay`, { times: 2 }, { provoke: networkSuite }),
    run_not_found: post('/v1/runs/nope/replay', {}),
    too_many_suites: post(
      `/v1/runs/of-network.${SHA.slice(0, 12)}.0/replay`,
      {},
      {
        provoke: async () => {
          smallKey = await full()
        },
      },
    ),
    temporal_unavailable: post(`/v1/runs/of-network.${SHA.slice(0, 12)}.0/replay`, {}, { provoke: away }),
    media_type_not_supported: post('/v1/runs/nope/replay', {}, asText),
  },
  startIsolation: {
    success: isolate({ secretEnv: ['TOKEN'], maxRuns: 50 }),
    repo_not_allowed: isolate({ repo: 'file:///srv/secret' }),
    address_not_allowed: isolate({}, { provoke: refusing('address_not_allowed') }),
    isolation_not_allowed: isolate({ isolation: 'process' }),
    isolation_unavailable: isolate({}, { provoke: refusing('isolation_unavailable') }),
    secret_not_allowed: isolate({ secretEnv: ['AWS_SECRET_ACCESS_KEY'] }),
    template_not_found: isolate({}, { provoke: refusing('template_not_found') }),
    run_not_found: isolate({ run: 'nope' }),
    isolation_conflict: isolate({ id: 'i-done' }),
    idempotency_conflict: isolate(
      { maxRuns: 7 },
      {
        headers: { 'idempotency-key': 'once-isolated' },
        provoke: async () => {
          const first = { ...isolate({ maxRuns: 8 }), key: admin, headers: { 'idempotency-key': 'once-isolated' } }
          await bench.call('POST', '/v1/isolations', first)
        },
      },
    ),
    too_many_suites: isolate(
      {},
      {
        provoke: async () => {
          smallKey = await full()
        },
      },
    ),
    body_too_large: isolate({ command: { shell: large } }),
    media_type_not_supported: isolate({}, asText),
    temporal_unavailable: isolate({}, { provoke: away }),
  },
  listIsolations: {
    success: get('/v1/isolations?limit=2&status=completed,running'),
    isolation_not_found: get('/v1/isolations?cursor=nope'),
  },
  getIsolation: { success: get('/v1/isolations/i-done'), isolation_not_found: get('/v1/isolations/nope') },
  streamIsolationEvents: {
    success: get('/v1/isolations/i-done/events'),
    isolation_not_found: get('/v1/isolations/nope/events'),
  },
  cancelIsolation: {
    success: post('/v1/isolations/i-open/cancel'),
    isolation_not_found: post('/v1/isolations/nope/cancel'),
    isolation_not_running: post('/v1/isolations/i-done/cancel'),
    temporal_unavailable: post('/v1/isolations/i-open/cancel', undefined, { provoke: away }),
    media_type_not_supported: post('/v1/isolations/i-open/cancel', '', asText),
  },
  listHistory: { success: get('/v1/tests?days=3000&flaky=1&sort=recent') },
  getTestHistory: {
    success: get('/v1/tests/history?repo=%2Frepositories%2Fone&test=tests%3A%3Aflaky'),
    history_not_found: get('/v1/tests/history?repo=%2Frepositories%2Fone&test=none'),
  },
  createSweep: {
    success: sweep({ name: 'fresh', timezone: 'Europe/Berlin', budgetRuns: 100, secretEnv: ['TOKEN'] }),
    repo_not_allowed: sweep({ repo: 'file:///srv/secret' }),
    isolation_not_allowed: sweep({ isolation: 'process' }),
    secret_not_allowed: sweep({ secretEnv: ['AWS_SECRET_ACCESS_KEY'] }),
    sweep_conflict: sweep({ cron: '@weekly' }),
    too_many_suites: sweep({ name: 'another' }, { provoke: fullOfSweeps }),
    body_too_large: sweep({ command: { shell: large } }),
    media_type_not_supported: sweep({}, asText),
    temporal_unavailable: sweep({}, { provoke: away }),
  },
  listSweeps: { success: get('/v1/sweeps'), temporal_unavailable: get('/v1/sweeps', { provoke: away }) },
  getSweep: {
    success: get('/v1/sweeps/nightly'),
    sweep_not_found: get('/v1/sweeps/nope'),
    temporal_unavailable: get('/v1/sweeps/nightly', { provoke: away }),
  },
  changeSweep: {
    success: change('nightly', { paused: true, note: 'main is frozen' }),
    sweep_not_found: change('nope', { paused: true }),
    temporal_unavailable: change('nightly', { paused: true }, { provoke: away }),
    body_too_large: change('nightly', { note: large }),
    media_type_not_supported: change('nightly', '', asText),
  },
  deleteSweep: {
    success: { method: 'DELETE', path: '/v1/sweeps/unwanted', provoke: () => create('unwanted') },
    sweep_not_found: { method: 'DELETE', path: '/v1/sweeps/nope' },
    temporal_unavailable: { method: 'DELETE', path: '/v1/sweeps/nightly', provoke: away },
  },
  triggerSweep: {
    success: post('/v1/sweeps/nightly/trigger'),
    sweep_not_found: post('/v1/sweeps/nope/trigger'),
    too_many_suites: post('/v1/sweeps/of-small/trigger', undefined, { provoke: fullOfSweeps }),
    temporal_unavailable: post('/v1/sweeps/nightly/trigger', undefined, { provoke: away }),
    media_type_not_supported: post('/v1/sweeps/nightly/trigger', '', asText),
  },
  backfillSweep: {
    success: post('/v1/sweeps/nightly/backfill', RANGE),
    sweep_not_found: post('/v1/sweeps/nope/backfill', RANGE),
    too_many_suites: post('/v1/sweeps/of-small/backfill', RANGE, { provoke: fullOfSweeps }),
    temporal_unavailable: post('/v1/sweeps/nightly/backfill', RANGE, { provoke: away }),
    body_too_large: post('/v1/sweeps/nightly/backfill', { ...RANGE, from: large }),
    media_type_not_supported: post('/v1/sweeps/nightly/backfill', '', asText),
  },
  listKeys: { success: get('/v1/keys') },
  createKey: {
    success: post('/v1/keys', { name: 'fresh' }),
    key_conflict: post('/v1/keys', { name: 'admin' }),
    body_too_large: post('/v1/keys', { name: large }),
    media_type_not_supported: post('/v1/keys', { name: 'text' }, asText),
  },
  revokeKey: {
    success: {
      ...{ method: 'DELETE', path: '/v1/keys/gone' },
      provoke: async () => {
        await bench.key('gone', 'read')
      },
    },
    key_not_found: { method: 'DELETE', path: '/v1/keys/nobody' },
  },
  about: { success: get('/v1/about') },
  openSession: {
    success: post('/v1/session', {}, { provoke: () => undefined }),
    body_too_large: post('/v1/session', { key: large }),
    media_type_not_supported: post('/v1/session', {}, asText),
  },
  closeSession: { success: { method: 'DELETE', path: '/v1/session' } },
  listEnvironments: {
    success: get('/v1/environments?place=all'),
    cluster_invalid: get('/v1/environments', { provoke: withoutCluster('cluster_invalid') }),
    cluster_unavailable: get('/v1/environments', { provoke: withoutCluster('cluster_unavailable') }),
  },
  removeEnvironment: {
    success: { method: 'DELETE', path: '/v1/environments/cs-done-a1a1a1a1a1a1' },
    environment_not_found: { method: 'DELETE', path: '/v1/environments/cs-done-a1a1a1a1a1a1?place=local' },
    environment_conflict: { method: 'DELETE', path: '/v1/environments/cs-open-a1a1a1a1a1a1' },
    cluster_invalid: { method: 'DELETE', path: '/v1/environments/x', provoke: withoutCluster('cluster_invalid') },
    cluster_unavailable: {
      method: 'DELETE',
      path: '/v1/environments/x',
      provoke: withoutCluster('cluster_unavailable'),
    },
  },
}

function steering(verb: string) {
  return {
    success: post(`/v1/suites/open/${verb}`),
    suite_not_found: post(`/v1/suites/nope/${verb}`),
    suite_not_running: post(`/v1/suites/done/${verb}`),
    temporal_unavailable: post(`/v1/suites/open/${verb}`, undefined, { provoke: away }),
    media_type_not_supported: post(`/v1/suites/open/${verb}`, '', asText),
  }
}

function extending(code: ErrorCode): Case {
  const provoke = failing(new CommitSuiteError(code, 'for this test'))
  return post('/v1/suites/done/extend', { runs: 2, expected: 0 }, { provoke })
}

async function networkSuite(): Promise<void> {
  if ((await bench.store.suites.get('of-network')) !== undefined) return
  const spec = { ...(await bench.store.suites.get('done'))?.spec, id: 'of-network', repo: 'https://example.org/a.git' }
  await recordSuite(bench.store, { id: 'of-network', runs: 1, status: 'running', key: null })
  const stored = await bench.store.suites.get('of-network')
  if (stored === undefined) throw new Error('not recorded')
  await bench.store.suites.settle('of-network', { ...stored.spec, repo: spec.repo })
  await finishSuite(bench.store, 'of-network')
}

function withoutCluster(code: ErrorCode) {
  return () => {
    cluster = () => Promise.reject(new CommitSuiteError(code, 'for this test'))
  }
}

async function perform({ method, path, provoke, body, headers }: Case): Promise<Answer> {
  bench.control.failure = undefined
  bench.control.refusal = undefined
  cluster = async () => environment
  smallKey = ''
  await provoke?.()
  const key = smallKey === '' ? admin : smallKey
  const sent = path === '/v1/session' && method === 'POST' && JSON.stringify(body) === '{}' ? { key: admin } : body
  return await bench.call(method, path, { key, body: sent, ...(headers === undefined ? {} : { headers }) })
}

interface Documented {
  paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>>
}

let documented: Documented
beforeAll(async () => {
  documented = JSON.parse((await bench.call('GET', '/docs/json')).text)
})

/** `/v1/suites/{suite}` for `/v1/suites/:suite`. */
const documentedPath = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{*}')

function responsesOf(name: Name) {
  const { method, url } = OPERATIONS[name]
  const path = documented.paths[documentedPath(url)] ?? documented.paths[url.replaceAll(/:(\w+)/g, '{$1}')]
  const found = path?.[method.toLowerCase()]
  if (found === undefined)
    throw new Error(`${method} ${url} is not documented: ${Object.keys(documented.paths).join(' ')}`)
  return found.responses
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })

function fits(name: Name, answer: Answer): string | undefined {
  const response = responsesOf(name)[String(answer.status)]
  if (response === undefined) return `status ${answer.status} is not documented: ${answer.text.slice(0, 300)}`
  const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? ''
  const schema = response.content?.[type]?.schema
  if (schema === undefined)
    return answer.text === '' ? undefined : `type ${type} is not documented for ${answer.status}`
  if (!type.endsWith('json') || 'stream' in OPERATIONS[name]) return undefined
  const validate = ajv.compile(schema)
  return validate(answer.json()) ? undefined : ajv.errorsText(validate.errors)
}

describe.each(Object.entries(CASES))('%s', (key, cases) => {
  if (!isName(key)) throw new Error(`${key} is no operation`)
  const name = key
  it.each(Object.entries(cases))('%s', async (code, performed) => {
    const answer = await perform(performed)
    if (code === 'success') expect(answer.status, answer.text).toBeLessThan(300)
    else expect(answer.json()).toMatchObject({ code, status: answer.status })
    expect(fits(name, answer)).toBeUndefined()
  })

  it('refuses an unknown key, a foreign origin and unknown parameters as documented', async () => {
    const { method, path, body } = cases.success
    const unknown = await bench.call(method, path, { body, key: 'cs_0000000000000000_nope' })
    const { role } = OPERATIONS[name]
    if (role !== null) {
      expect(unknown.json()).toMatchObject({ code: 'unauthorized' })
      expect(unknown.headers.get('www-authenticate')).toBe('Bearer')
      expect(fits(name, unknown)).toBeUndefined()
    }
    const foreign = await bench.call(method, path, { body, key: admin, headers: { origin: 'https://evil.example' } })
    expect(foreign.json()).toMatchObject({ code: 'origin_not_allowed' })
    expect(fits(name, foreign)).toBeUndefined()
  })
})

it('every documented call is an operation or a face, and every operation is documented', () => {
  const operations = Object.values(OPERATIONS).map(({ method, url }) => `${method} ${url}`)
  expect(operations.length).toBe(new Set(operations).size)
  for (const name of Object.keys(OPERATIONS).filter(isName)) expect(Object.keys(responsesOf(name))).toContain('401')
})

it('a limited key is told when to come back', async () => {
  const key = await bench.key('slow', 'read', { requestsPerMinute: 2 })
  const answers = [1, 2, 3].map(() => bench.call('GET', '/v1/suites', { key }))
  const [, , third] = await Promise.all(answers)
  const limited = (await Promise.all(answers)).find(({ status }) => status === 429) ?? third
  expect(limited?.json()).toMatchObject({ code: 'rate_limited', field: 'requestsPerMinute', value: 2 })
  expect(Number(limited?.headers.get('retry-after'))).toBeGreaterThan(0)
})

it('a store that fails is a problem of its own, and what nobody expected says nothing of our insides', async () => {
  const { get } = bench.store.suites
  const failures = [new CommitSuiteError('store_unavailable', 'the disk is away'), new Error('secret /path/of/ours')]
  const answers: unknown[] = []
  for (const failure of failures) {
    bench.store.suites.get = () => Promise.reject(failure)
    answers.push((await bench.call('GET', '/v1/suites/done', { key: admin })).json())
  }
  bench.store.suites.get = get
  expect(answers).toMatchObject([
    { code: 'store_unavailable', status: 503 },
    { code: 'internal', status: 500 },
  ])
  expect(JSON.stringify(answers[1])).not.toContain('secret')
})

it('a problem document carries code, field, value, rule and remedy of its error', () => {
  const detail = { field: 'runs', value: 0, rule: 'at least 1', remedy: 'Ask for more.' }
  expect(problemOf(new CommitSuiteError('invalid_input', 'runs: 0 – at least 1.', detail), 'r-1')).toEqual({
    type: 'urn:commit-suite:problem:invalid_input',
    title: 'Invalid input',
    status: 400,
    detail: 'runs: 0 – at least 1.',
    code: 'invalid_input',
    ...detail,
    requestId: 'r-1',
  })
})

it('a run that has no result yet is not found, and says how to follow it', async () => {
  await bench.store.suites.create({
    spec: {
      ...(await bench.store.suites.get('done').then((suite) => suite?.spec ?? Promise.reject(new Error('none')))),
      id: 'young',
    },
    requestDigest: 'x',
    seeds: [1],
  })
  await bench.store.suites.putCommits('young', await bench.store.suites.commits('done', 0, 1))
  const answer = await bench.call('GET', `/v1/runs/young.${SHA.slice(0, 12)}.0`, { key: admin })
  expect(answer.json()).toMatchObject({ code: 'run_not_found', rule: 'has no result yet' })
  await bench.store.results.record(runResult({ suite: 'young', attempt: 0, generation: 0 }))
  expect((await bench.call('GET', `/v1/runs/young.${SHA.slice(0, 12)}.0`, { key: admin })).status).toBe(200)
})
