import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../support/home.ts'
import { TestPostgres } from '../support/postgres.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { documentedPolicy } from '../support/s3-server/documented-policy.ts'
import { credentialVariables, TestS3 } from '../support/s3-server/server.ts'
import { type Serving, startServing } from '../support/serving.ts'
import { until } from '../support/until.ts'

// Two machines that have one PostgreSQL as their record and one bucket for what runs leave: one works, both know what it did.

let server: TestPostgres
let s3: TestS3
let bucket: string
let policy: (name: string) => object
let repo: TestRepository
let home: Home
let other: Home
let gateways: Serving[]
beforeAll(async () => {
  ;[server, s3] = await Promise.all([TestPostgres.start(), TestS3.start()])
  policy = await documentedPolicy(s3)
  bucket = await s3.bucket(policy)
  const [url] = await Promise.all([
    server.database(),
    plainRepository(2).then((made) => {
      repo = made
    }),
  ])
  const env = {
    ...{ COMMIT_SUITE_DATABASE_URL: url, COMMIT_SUITE_SLOTS: '2', KUBECONFIG: '/nowhere' },
    ...{ COMMIT_SUITE_ARTIFACTS: `s3://${bucket}/artifacts`, COMMIT_SUITE_S3_ENDPOINT: s3.endpoint },
  }
  home = await Home.make({ ...env, ...credentialVariables(s3.users.worker) })
  const working = await startServing(home)
  const { temporalAddress } = await home.readyStack()
  const reading = credentialVariables(s3.users.gateway)
  other = await Home.make({ ...env, ...reading, TEMPORAL_ADDRESS: temporalAddress })
  gateways = [working, await startServing(other, 'gateway')]
})
afterAll(async () => {
  for (const gateway of gateways?.toReversed() ?? []) await gateway.stop()
  await other?.dispose()
  await home?.dispose()
  await repo?.remove()
  await server?.dispose()
  await s3?.dispose()
})

describe('commands and gateways on one PostgreSQL and one bucket', () => {
  it('run a suite, and tell the same of it wherever they are', async () => {
    const suite = ['run', '--repo', repo.path, '--commits', 'HEAD~1,HEAD', '--no-setup', '--id', 'shared']
    const command = 'echo "out $ATTEMPT"; echo "<x>$ATTEMPT</x>" >left.xml; test "$ATTEMPT" -ne 1'
    const options = ['--runs', '4', '--reports', 'left.xml']
    const { exitCode, report } = await home.report(...suite, '--command', command, ...options)
    expect(exitCode).toBe(1)
    expect(report).toMatchObject({
      status: 'completed',
      commits: [
        { runs: 4, failed: 1 },
        { runs: 4, failed: 1 },
      ],
    })
    for (const command of [
      ['show', 'shared', '--json'],
      ['list', '--json'],
      ['gc', '--dry-run'],
    ]) {
      const [here, there] = await Promise.all([home.cli(...command), other.cli(...command)])
      expect([command, there]).toEqual([command, here])
      expect(here.exitCode).toBe(0)
    }
    await expect(access(join(home.config.stateDir, 'results.db'))).rejects.toThrow('ENOENT')
  })

  it('read what runs have left on the other machine, and say so while nobody can', async () => {
    const run = `shared.${repo.shas.at(-1)?.slice(0, 12)}.2`
    expect(await other.cli('logs', run)).toMatchObject({ exitCode: 0, stdout: 'out 2' })
    const artifact = () => fetch(`${gateways[1]?.url}/v1/runs/${run}/artifacts/reports/left.xml`)
    expect(await (await artifact()).text()).toBe('<x>2</x>\n')
    for (const machine of [home, other]) {
      await expect(access(join(machine.config.stateDir, 'artifacts'))).rejects.toThrow('ENOENT')
    }
    await s3.crash()
    const refused = await artifact()
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'artifact_store_failed' }])
    expect(await other.cli('logs', run)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('Is COMMIT_SUITE_S3_ENDPOINT right, and does the server run?'),
    })
    await s3.resume()
    expect((await artifact()).status).toBe(200)
  })

  it('make the tables of a new database by `migrate`, which may be said again', async () => {
    const url = await server.database()
    const owner = new Home(home.config.stateDir, { COMMIT_SUITE_DATABASE_URL: url })
    for (const time of ['first', 'second']) {
      const { exitCode, stdout, stderr } = await owner.cli('migrate')
      expect([time, exitCode, stderr]).toEqual([time, 0, ''])
      expect(stdout).toBe(`postgres://127.0.0.1:${server.port}/${nameOf(url)} is up to date`)
    }
    const tables = await server.query(`select to_regclass('suites')::text as name`, nameOf(url))
    expect(tables).toEqual([{ name: 'suites' }])
  })

  it('hold back what a bucket refuses until that is mended, and execute no run again', async () => {
    const marks = await mkdtemp(join(tmpdir(), 'cs-marks-'))
    await s3.refuseAll(bucket)
    const suite = ['run', '--repo', repo.path, '--commits', 'HEAD', '--no-setup', '--id', 'held', '--runs', '2']
    const command = 'echo "out $ATTEMPT"; echo "$ATTEMPT" >>"$MARKS/executed"'
    const running = home.start(...suite, '--env', `MARKS=${marks}`, '--command', command, '--json')
    await until('storing was refused', async () =>
      (await readFile(join(home.config.stateDir, 'worker.log'), 'utf8')).includes('AccessDenied'),
    )
    await s3.allow(bucket, policy)
    expect((await running).exitCode).toBe(0)
    expect((await readFile(join(marks, 'executed'), 'utf8')).split('\n').toSorted()).toEqual(['', '0', '1'])
    const run = `held.${repo.shas.at(-1)?.slice(0, 12)}.1`
    expect(await other.cli('logs', run)).toMatchObject({ exitCode: 0, stdout: 'out 1' })
    await rm(marks, { recursive: true })
  })

  it('know the keys that the other machine made, and stream the same events', async () => {
    const made = await other.cli('keys', 'create', 'reader', '--role', 'read', '--json')
    const { secret }: { secret: string } = JSON.parse(made.stdout)
    const answers = gateways.map(async ({ url }) => {
      const headers = { authorization: `Bearer ${secret}` }
      const response = await fetch(`${url}/v1/suites/shared/events`, { headers })
      const ids = [...(await response.text()).matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))
      return { status: response.status, ids }
    })
    const [one, two] = await Promise.all(answers)
    expect(one?.status).toBe(200)
    expect(one?.ids).toEqual(one?.ids.map((_, at) => at + 1))
    expect(one?.ids.length).toBeGreaterThan(16)
    expect(two).toEqual(one)
  })

  it('are told by the doctor which database they have, or why they have none', async () => {
    const detail = `at postgres://127.0.0.1:${server.port}/`
    const found = await databaseCheck(home)
    expect(found).toMatchObject({ status: 'ok', detail: expect.stringContaining(detail) })
    const lost = new Home(home.config.stateDir, {
      COMMIT_SUITE_DATABASE_URL: 'postgres://somebody:s3cret-word@127.0.0.1:1/nothing',
    })
    expect(await databaseCheck(lost)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('the result database postgres://127.0.0.1:1/nothing: connect ECONNREFUSED'),
    })
    const { exitCode, stderr } = await lost.cli('list')
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('postgres://127.0.0.1:1/nothing')])
    expect(stderr).not.toContain('s3cret-word')
  })
})

const nameOf = (url: string): string => new URL(url).pathname.slice(1)

async function databaseCheck(at: Home): Promise<unknown> {
  const { checks }: { checks: { name: string }[] } = JSON.parse((await at.cli('doctor', '--json')).stdout)
  return checks.find(({ name }) => name === 'result database')
}
