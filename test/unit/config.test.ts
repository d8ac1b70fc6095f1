import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { databasePlace } from '../../src/store/postgres/database-url.ts'
import { configEnvironment } from '../../src/temporal/supervisor/config-environment.ts'
import { supervisedFleet } from '../../src/worker-config.ts'

const read = (env: NodeJS.ProcessEnv) => readConfig({ HOME: '/home/somebody', ...env })

afterEach(() => {
  vi.unstubAllEnvs()
})

test('runs in pods have defaults that suit a cluster which others use too', () => {
  expect(read({})).toMatchObject({
    kubernetesPods: 100,
    kubernetesEgress: undefined,
    kubernetesPullSecrets: [],
    kubernetesWaitMs: 600_000,
  })
})

test('names of pull secrets are a list, without blanks and repetitions', () => {
  const { kubernetesPullSecrets } = read({ COMMIT_SUITE_KUBERNETES_PULL_SECRETS: 'a, registry.example-1,,a' })
  expect(kubernetesPullSecrets).toEqual(['a', 'registry.example-1'])
})

test('requests from the network may test what others can reach too, and refer to no secret, unless allowed', () => {
  expect(read({})).toMatchObject({
    allowedRepos: ['https://*', 'ssh://*', 'git@*'],
    allowedAddresses: [],
    allowedSecrets: [],
  })
  expect(
    read({
      COMMIT_SUITE_ALLOWED_REPOS: 'https://git.example.com/*, file:///srv/repos/*,',
      COMMIT_SUITE_ALLOWED_ADDRESSES: 'git.corp,10.0.0.0/8, ::1',
      COMMIT_SUITE_ALLOWED_SECRETS: 'A, b_1,A',
    }),
  ).toMatchObject({
    allowedRepos: ['https://git.example.com/*', 'file:///srv/repos/*'],
    allowedAddresses: ['git.corp', '10.0.0.0/8', '::1'],
    allowedSecrets: ['A', 'b_1'],
  })
})

test.each([
  ['COMMIT_SUITE_ALLOWED_REPOS', ' '],
  ['COMMIT_SUITE_ALLOWED_REPOS', '/srv/repos'],
  ['COMMIT_SUITE_ALLOWED_REPOS', 'https://example.com*'],
  ['COMMIT_SUITE_ALLOWED_ADDRESSES', '10.0.0.0/33'],
  ['COMMIT_SUITE_ALLOWED_SECRETS', 'NPM TOKEN'],
  ['COMMIT_SUITE_KUBERNETES_PODS', '0'],
  ['COMMIT_SUITE_KUBERNETES_PODS', '5001'],
  ['COMMIT_SUITE_SLOTS', '0'],
  ['COMMIT_SUITE_SLOTS', '1001'],
  ['COMMIT_SUITE_SLOTS', 'many'],
  ['COMMIT_SUITE_SLOTS_MOST', '0'],
  ['COMMIT_SUITE_SLOTS_MEMORY', '101'],
  ['COMMIT_SUITE_SLOTS_CPU', '0.9'],
  ['COMMIT_SUITE_ROLE', 'runner'],
  ['COMMIT_SUITE_DRAIN', '10'],
  ['COMMIT_SUITE_DRAIN', '25h'],
  ['COMMIT_SUITE_GATEWAY_DRAIN', '2d'],
  ['COMMIT_SUITE_DEPLOYMENT', 'commit.suite'],
  ['COMMIT_SUITE_RETENTION', '90'],
  ['COMMIT_SUITE_RETENTION', '1m'],
  ['COMMIT_SUITE_RETENTION_LOGS', '40000d'],
  ['COMMIT_SUITE_KUBERNETES_WAIT', '10'],
  ['COMMIT_SUITE_KUBERNETES_WAIT', '1ms'],
  ['COMMIT_SUITE_KUBERNETES_WAIT', '2d'],
  ['COMMIT_SUITE_KUBERNETES_PULL_SECRETS', 'Registry'],
])('%s=%s is refused by its name', (name, value) => {
  const message = expect.stringContaining(`${name}: "${value}" – `)
  expect(() => read({ [name]: value })).toThrow(expect.objectContaining({ code: 'config_invalid', message }))
})

test('a build id that servers do not take is refused', () => {
  const wrong = { COMMIT_SUITE_DEPLOYMENT: 'suites', COMMIT_SUITE_BUILD_ID: 'v1:2' }
  expect(() => read(wrong)).toThrow(/COMMIT_SUITE_BUILD_ID: "v1:2" – /)
})

test('slots are the cores, a number, or as many as memory and CPU allow', () => {
  expect(read({})).toMatchObject({ slots: availableParallelism(), fleet: { usage: undefined } })
  expect(read({ COMMIT_SUITE_SLOTS: '3' })).toMatchObject({ slots: 3, fleet: { usage: undefined } })
  expect(read({ COMMIT_SUITE_SLOTS: 'auto', COMMIT_SUITE_SLOTS_MOST: '30' })).toMatchObject({
    slots: 30,
    fleet: { usage: { memory: 0.8, cpu: 0.9 } },
  })
  expect(read({ COMMIT_SUITE_SLOTS: 'auto', COMMIT_SUITE_SLOTS_CPU: '50' }).fleet.usage?.cpu).toBe(0.5)
})

test('a worker does all and has no versions unless told otherwise; one of the embedded stack always', () => {
  expect(read({})).toMatchObject({ fleet: { role: 'all', drainMs: undefined, deployment: undefined } })
  const { fleet } = read({
    COMMIT_SUITE_ROLE: 'runs',
    COMMIT_SUITE_DRAIN: '0s',
    COMMIT_SUITE_DEPLOYMENT: 'suites',
    COMMIT_SUITE_BUILD_ID: '1.2.0-rc.1',
  })
  const deployment = { name: 'suites', buildId: '1.2.0-rc.1' }
  expect(fleet).toMatchObject({ role: 'runs', drainMs: 0, deployment })
  const beside = { role: 'all', drainMs: undefined }
  expect(supervisedFleet(fleet, { embedded: true })).toMatchObject({ ...beside, deployment: undefined })
  expect(supervisedFleet(fleet, { embedded: false })).toMatchObject({ ...beside, deployment })
})

test('records are kept for ever unless said otherwise', () => {
  expect(read({}).retention).toEqual({ resultsMs: undefined, logsMs: undefined })
  expect(read({ COMMIT_SUITE_RETENTION: '2d' }).retention).toEqual({ resultsMs: 172_800_000, logsMs: undefined })
})

test.each([
  ['postgres://somebody:s3cret@db.internal:5433/results?sslmode=require', 'postgres://db.internal:5433/results'],
  ['postgresql:///results?host=/run/postgresql', 'postgres:///run/postgresql/results'],
  ['postgres://localhost/results', 'postgres://localhost/results'],
])('the result database %s is told without its user and options', (url, place) => {
  expect(read({ COMMIT_SUITE_DATABASE_URL: url }).databaseUrl).toBe(url)
  expect(databasePlace(url)).toBe(place)
})

test.each([
  ['s3cret', 'is not the URL of a database'],
  ['mysql://a:s3cret@b/c', 'must begin with postgres:// or postgresql://'],
  ['postgres://a:s3cret@b', 'must name a database after the host'],
])('the result database %s is refused without a word of its password', (url, rule) => {
  const refused = () => read({ COMMIT_SUITE_DATABASE_URL: url })
  expect(refused).toThrow(expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(rule) }))
  expect(refused).toThrow(expect.not.objectContaining({ message: expect.stringContaining('s3cret') }))
})

test('artifacts lie in a folder, or in a bucket', () => {
  expect(read({}).artifacts).toBe('/home/somebody/.local/state/commit-suite/artifacts')
  expect(read({ COMMIT_SUITE_ARTIFACTS: '/srv/artifacts' }).artifacts).toBe('/srv/artifacts')
  const amazon = { endpoint: undefined, region: undefined, pathStyle: false }
  expect(read({ COMMIT_SUITE_ARTIFACTS: 's3://my.bucket-1/' }).artifacts).toEqual({
    ...{ ...amazon, bucket: 'my.bucket-1', prefix: '' },
  })
  const other = { COMMIT_SUITE_ARTIFACTS: 's3://bucket/a/b_c/', COMMIT_SUITE_S3_ENDPOINT: 'https://s3.internal:9000/' }
  const place = { bucket: 'bucket', prefix: 'a/b_c', endpoint: 'https://s3.internal:9000' }
  expect(read(other).artifacts).toEqual({ ...place, region: 'us-east-1', pathStyle: true })
  expect(read({ ...other, COMMIT_SUITE_S3_REGION: 'eu', COMMIT_SUITE_S3_PATH_STYLE: 'false' }).artifacts).toEqual({
    ...{ ...place, region: 'eu', pathStyle: false },
  })
})

test.each([
  ...['relative/folder', 's3://', 's3://ab', 's3://Bucket', 's3://a..b', 's3://bucket//a', 's3://bucket/../a'],
  ...['s3://bucket/a b', 's3://bucket/a?b=c', 's3://bucket/%2e%2e', `s3://bucket/${'x'.repeat(201)}`],
  's3://key:s3cret@bucket',
])('COMMIT_SUITE_ARTIFACTS=%s is refused', (value) => {
  const refused = () => read({ COMMIT_SUITE_ARTIFACTS: value })
  const message = expect.stringContaining('COMMIT_SUITE_ARTIFACTS: ')
  expect(refused).toThrow(expect.objectContaining({ code: 'config_invalid', message }))
  expect(refused).toThrow(expect.not.objectContaining({ message: expect.stringContaining('s3cret') }))
})

test.each([
  ['COMMIT_SUITE_S3_ENDPOINT', 's3.example.org'],
  ['COMMIT_SUITE_S3_ENDPOINT', 'ftp://s3.example.org'],
  ['COMMIT_SUITE_S3_ENDPOINT', 'https://key:s3cret@s3.example.org'],
  ['COMMIT_SUITE_S3_ENDPOINT', 'https://s3.example.org/bucket'],
  ['COMMIT_SUITE_S3_REGION', 'EU west'],
  ['COMMIT_SUITE_S3_PATH_STYLE', 'yes'],
])('%s=%s is refused for a bucket', (name, value) => {
  const refused = () => read({ COMMIT_SUITE_ARTIFACTS: 's3://bucket', [name]: value })
  const message = expect.stringContaining(`${name}: `)
  expect(refused).toThrow(expect.objectContaining({ code: 'config_invalid', message }))
  expect(refused).toThrow(expect.not.objectContaining({ message: expect.stringContaining('s3cret') }))
})

test('a folder of templates is found from where the command was called', () => {
  expect(read({ COMMIT_SUITE_TEMPLATES: 'my/templates' }).templatesDir).toBe(resolve('my/templates'))
})

test('the supervisor reads the same configuration again, and finds the kubeconfig of its caller', () => {
  vi.stubEnv('KUBECONFIG', 'one.yml::/two.yml')
  vi.stubEnv('AWS_CONFIG_FILE', 'aws/config')
  const config = read({
    COMMIT_SUITE_ALLOWED_REPOS: 'file:///srv/repos/*,git@*',
    COMMIT_SUITE_ALLOWED_ADDRESSES: '127.0.0.1,git.corp',
    COMMIT_SUITE_ALLOWED_SECRETS: 'A,B',
    COMMIT_SUITE_KUBERNETES_PODS: '7',
    COMMIT_SUITE_KUBERNETES_EGRESS: '10.0.0.0/8,:443',
    COMMIT_SUITE_KUBERNETES_PULL_SECRETS: 'a,b',
    COMMIT_SUITE_KUBERNETES_WAIT: '90s',
    COMMIT_SUITE_RETENTION: '90d',
    COMMIT_SUITE_RETENTION_LOGS: '36h',
    COMMIT_SUITE_TEMPLATES: 'my/templates',
    COMMIT_SUITE_DATABASE_URL: 'postgres://a:b@c/d',
    COMMIT_SUITE_ARTIFACTS: 's3://bucket/folder',
    COMMIT_SUITE_S3_ENDPOINT: 'https://s3.internal',
    COMMIT_SUITE_S3_PATH_STYLE: 'false',
  })
  const env = configEnvironment(config)
  expect(readConfig(env)).toEqual(config)
  expect(env.KUBECONFIG).toBe(`${resolve('one.yml')}:/two.yml`)
  expect(env.AWS_CONFIG_FILE).toBe(resolve('aws/config'))
})

test('the Temporal Web UI has an address that pages may link to', () => {
  expect(read({}).temporalUi).toBeUndefined()
  expect(read({ COMMIT_SUITE_TEMPORAL_UI: 'https://temporal.example.org/ui/' }).temporalUi).toBe(
    'https://temporal.example.org/ui',
  )
  for (const wrong of ['javascript:alert(1)', 'temporal.example.org', 'file:///etc/passwd']) {
    expect(() => read({ COMMIT_SUITE_TEMPORAL_UI: wrong })).toThrow(/COMMIT_SUITE_TEMPORAL_UI.*http or https/)
  }
})

test('the file of payload keys is found from everywhere, also by the processes that a command starts', () => {
  expect(read({}).payloadKeysFile).toBeUndefined()
  const config = read({ COMMIT_SUITE_PAYLOAD_KEYS: 'keys/payload' })
  expect(config.payloadKeysFile).toBe(resolve('keys/payload'))
  expect(configEnvironment(config).COMMIT_SUITE_PAYLOAD_KEYS).toBe(resolve('keys/payload'))
})
