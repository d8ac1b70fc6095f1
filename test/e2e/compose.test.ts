import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ComposeFile, composeDocument, composeFile, requiredVariables } from '../support/compose-file.ts'
import { goModule } from '../support/go-module.ts'
import { Home } from '../support/home.ts'
import { TestPostgres } from '../support/postgres.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { credentialVariables, TestS3 } from '../support/s3-server/server.ts'
import { type Serving, startServing } from '../support/serving.ts'
import { startTestServer, type TestServer } from '../support/temporal-server.ts'
import { until } from '../support/until.ts'

// No registry of images is reached here: what the file says is checked by the schema of its format, and its commands are
// started natively, with its environment and with servers of the tests in the place of its own.

const VARIABLES = {
  POSTGRES_PASSWORD: 'word-1',
  SUITES_OWNER_PASSWORD: 'word-2',
  SUITES_PASSWORD: 'word-3',
  TEMPORAL_PASSWORD: 'word-4',
  S3_SECRET_KEY: 'word-5',
}

describe('docker-compose.yml', () => {
  it('is what the specification of Compose allows', async () => {
    const folder = await goModule('github.com/compose-spec/compose-go/v2@v2.16.2')
    const schema = JSON.parse(await readFile(join(folder, 'schema', 'compose-spec.json'), 'utf8'))
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema)
    const document = await composeDocument()
    expect([validate(document), validate.errors]).toEqual([true, null])
    expect(validate({ services: { one: { image: 'a', comand: ['b'] } } })).toBe(false)
  })

  it('has no secrets of its own: without one of them it does not start', async () => {
    expect(await requiredVariables()).toEqual(Object.keys(VARIABLES).sort())
    await expect(composeFile({ ...VARIABLES, SUITES_PASSWORD: '' })).rejects.toThrow('SUITES_PASSWORD is missing')
    expect(JSON.stringify(await composeDocument())).not.toMatch(/:\/\/\w+:[^@/]+@/)
  })

  it('pins every image to a version', async () => {
    const { services } = await composeFile(VARIABLES)
    const tags = Object.values(services).map(({ image }) => image.split(':')[1])
    for (const tag of tags) expect(tag).toMatch(/^v?\d+\.\d+/)
  })
})

describe('the commands of docker-compose.yml', () => {
  let file: ComposeFile
  let folder: string
  let postgres: TestPostgres
  let temporal: TestServer
  let s3: TestS3
  let repo: TestRepository
  let bucket: string
  const homes: Home[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cs-compose-'))
    file = await composeFile(VARIABLES)
    ;[postgres, temporal, s3, repo] = await Promise.all([
      TestPostgres.start(),
      startTestServer(),
      TestS3.start(),
      plainRepository(),
    ])
    bucket = await s3.bucket()
    await makeRoles(postgres, file.configs.roles?.content ?? '')
  })
  afterAll(async () => {
    for (const home of homes) await home.dispose()
    await repo?.remove()
    await temporal?.stop()
    await s3?.dispose()
    await postgres?.dispose()
    await rm(folder, { recursive: true, force: true })
  })

  /** A service's state directory and environment, with the servers and folders that stand for those of the file. */
  async function service(name: string): Promise<Home> {
    const stands = [
      ['postgres:5432', `127.0.0.1:${postgres.port}`],
      ['temporal:7233', temporal.address],
      ['s3://artifacts', `s3://${bucket}`],
      ['http://s3:7070', s3.endpoint],
      // Tests listen on loopback.
      ['0.0.0.0:9464', '127.0.0.1:0'],
      ['/run/secrets/kubeconfig', '/dev/null'],
    ] as const
    const given = Object.entries(file.services[name]?.environment ?? {}).map(([key, value]) => [
      key,
      stands.reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), value),
    ])
    const home = await Home.make({ ...Object.fromEntries(given), ...credentialVariables(s3.owner) })
    homes.push(home)
    return home
  }

  const commandOf = (name: string): string[] => file.services[name]?.command ?? []

  it('migrate, work and serve: a suite completes, and the gateway tells of it and shows its output', async () => {
    const migrated = await (await service('migrate')).cli(...commandOf('migrate'))
    expect(migrated).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('is up to date') })
    const workerHome = await service('worker')
    const made = await workerHome.cli('keys', 'create', 'admin', '--role', 'admin', '--json')
    const { secret }: { secret: string } = JSON.parse(made.stdout)
    const worker = workerHome.start(...commandOf('worker'))
    let said = ''
    worker.stderr.on('data', (part: Buffer) => {
      said += part.toString()
    })
    let gateway: Serving | undefined
    try {
      await until('the worker works', () => said.includes('ready: working for Temporal'))
      const [command, ...options] = commandOf('gateway')
      expect([command, options]).toEqual(['gateway', ['--host', '0.0.0.0', '--port', '8080']])
      gateway = await startServing(await service('gateway'), 'gateway')
      expect((await healthOf('gateway', gateway.url)).exitCode).toBe(0)
      expect((await healthOf('gateway', 'http://127.0.0.1:1')).exitCode).toBe(1)
      const suite = ['run', '--repo', repo.path, '--no-setup', '--id', 'composed', '--command', 'echo "out $ATTEMPT"']
      const { exitCode, report } = await workerHome.report(...suite, '--runs', '3')
      expect([exitCode, report.status]).toEqual([0, 'completed'])
      const get = async (path: string) =>
        await fetch(`${gateway?.url}${path}`, { headers: { authorization: `Bearer ${secret}` } })
      expect(await (await get('/v1/suites/composed')).json()).toMatchObject({
        status: 'completed',
        commits: [{ runs: 3 }],
      })
      const run = `composed.${repo.shas[0]?.slice(0, 12)}.1`
      expect(await (await get(`/v1/runs/${run}/log`)).text()).toContain('out 1')
    } finally {
      await gateway?.stop()
      worker.kill('SIGTERM')
      expect((await worker).exitCode).toBe(0)
    }
  })

  /** The check of the file, asked of the gateway at an address. */
  async function healthOf(name: string, url: string) {
    const [kind, program = '', ...args] = file.services[name]?.healthcheck?.test ?? []
    expect(kind).toBe('CMD')
    const there = args.map((arg) => arg.replace('http://127.0.0.1:8080', url))
    return await execa(program, there, { reject: false, preferLocal: true })
  }
})

/** Does what the first start of the database does, statement by statement: a psql may not be installed. */
async function makeRoles(postgres: TestPostgres, script: string): Promise<void> {
  const sql = script.slice(script.indexOf("<<'SQL'\n") + 8, script.lastIndexOf('SQL'))
  const [before = '', after = ''] = sql.replaceAll(/:'(\w+)'/g, "'$1-password'").split('\\c suites')
  for (const statement of before.split(';')) if (statement.trim() !== '') await postgres.query(statement)
  await postgres.query(after, 'suites')
}
