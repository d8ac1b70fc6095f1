import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { type Serving, startServing } from '../support/serving.ts'
import { until } from '../support/until.ts'

// Every command through a gateway. Its suites are started on its own machine, as nothing here needs a sandbox.

let here: Home
let afar: Home
let repo: TestRepository
let served: Serving
let failing: string
beforeAll(async () => {
  repo = await plainRepository(2)
  await execa('git', ['remote', 'add', 'origin', 'https://token@example.org/project.git'], { cwd: repo.path })
  here = await Home.make({ COMMIT_SUITE_SLOTS: '2', KUBECONFIG: '/nowhere' })
  served = await startServing(here)
  afar = await Home.make({ COMMIT_SUITE_URL: served.url, HOME: here.config.stateDir })
  const command = 'echo "out $ATTEMPT"; echo "err $ATTEMPT" >&2; test "$ATTEMPT" -ne 1'
  await here.cli(...run('done', command), '--runs', '3', '--commits', 'HEAD~1,HEAD')
  failing = `done.${repo.shas[1]?.slice(0, 12)}.1`
  const report = `{ echo '<testsuite>'; for at in $(seq ${TESTS}); do echo "<testcase classname='c' name='n$at'/>"; done; echo '</testsuite>'; } > r.xml`
  await here.cli(...run('tested', `${report}; test "$ATTEMPT" -ne 1`), '--runs', '2', '--reports', 'r.xml')
})
afterAll(async () => {
  await served?.stop()
  await here?.dispose()
  await afar?.dispose()
  await repo.remove()
})

/** More than the document of a suite lists. */
const TESTS = 2_345

const run = (id: string, command: string) => [
  ...['run', '--repo', repo.path, '--no-setup', '--id', id, '--command', command],
]
const status = async (id: string) => (await afar.report('show', id)).report.status
const marked = (id: string) => join(here.config.stateDir, `marker-of-${id}`)
/** Runs until its marker appears. */
const waiting = (id: string) => `echo begun; while ! test -e ${marked(id)}; do sleep 0.05; done; echo ended`
const begun = (id: string) =>
  until(`${id} runs`, async () => (await here.cli('logs', `${id}.${repo.shas[1]?.slice(0, 12)}.0`)).stdout === 'begun')

describe('reading through a gateway', () => {
  it('shows, lists and logs what the machine behind it does', async () => {
    for (const command of [
      ['show', 'done', '--json'],
      ['show', 'done', '--results', '--json'],
      ['show', 'tested', '--json'],
      ['list', '--json'],
      ['logs', 'done'],
      ['logs', 'done', '--follow'],
      ['logs', failing, '--stream', 'stderr', '--try', '1'],
      ['keys', 'list'],
    ]) {
      const [far, near] = await Promise.all([afar.cli(...command), here.cli(...command)])
      expect([command, far]).toEqual([command, near])
    }
  })

  it('shows all tests, though a document of the gateway lists some', async () => {
    const { report } = await afar.report('show', 'tested')
    expect(report.commits[0]?.tests).toHaveLength(TESTS)
  })

  it('writes the same reports, with the output of failing runs', async () => {
    const folders = [here, afar].map(({ config }) => join(config.stateDir, 'report'))
    await here.cli('show', 'done', '--output', folders[0] ?? '')
    await afar.cli('show', 'done', '--output', folders[1] ?? '')
    const contents = folders.map(async (folder) => {
      const names = (await readdir(folder, { recursive: true })).filter((name) => name.includes('.')).toSorted()
      return await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]))
    })
    expect(await contents[1]).toEqual(await contents[0])
    expect((await contents[1])?.length).toBe(2 + 4)
  })

  it('says what is not there as the machine itself does', async () => {
    for (const command of [
      ['show', 'nope'],
      ['watch', 'nope'],
      ['cancel', 'done'],
      ['logs', 'done.0123456789ab.0'],
      ['replay', 'done.0123456789ab.0'],
      ['extend', 'done'],
    ]) {
      const [far, near] = await Promise.all([afar.cli(...command), here.cli(...command)])
      expect([command, far.exitCode]).toEqual([command, near.exitCode])
      expect(far.exitCode).toBe(2)
    }
    expect((await afar.cli('show', 'nope')).stderr).toBe((await here.cli('show', 'nope')).stderr)
  })

  it('opens no record of its own', async () => {
    expect((await readdir(afar.config.stateDir)).filter((name) => name !== 'report')).toEqual([])
  })
})

describe('following and steering through a gateway', () => {
  it('watches to the end with every event once, and follows the output of a run', async () => {
    await here.cli(...run('watched', waiting('watched')), '--runs', '2', '--detach')
    await begun('watched')
    const watching = afar.start('watch', 'watched', '--json', '--follow')
    const following = afar.start('logs', `watched.${repo.shas[1]?.slice(0, 12)}.0`, '--follow')
    let seen = ''
    following.stdout.on('data', (text) => {
      seen += String(text)
    })
    await until('what is written comes while it runs', () => seen === 'begun\n')
    await writeFile(marked('watched'), '')
    expect((await following).stdout).toBe('begun\nended')
    const { stdout, exitCode } = await watching
    const lines = stdout.split('\n').map((line) => JSON.parse(line))
    expect(exitCode).toBe(0)
    expect(lines.pop()).toMatchObject({ suite: 'watched', status: 'completed', commits: [{ passed: 2 }] })
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1))
    expect(lines.at(-1)).toMatchObject({ type: 'suite.finished' })
  })

  it('pauses, resumes and cancels', async () => {
    await here.cli(...run('steered', waiting('steered')), '--runs', '2', '--detach')
    await begun('steered')
    expect(await afar.cli('pause', 'steered', '--note', 'for now')).toMatchObject({ exitCode: 0 })
    await until('it is paused', async () => (await status('steered')) === 'paused')
    expect((await afar.cli('pause', 'steered')).exitCode).toBe(2)
    expect(await afar.cli('resume', 'steered')).toMatchObject({ exitCode: 0 })
    expect(await status('steered')).toBe('running')
    expect(await afar.cli('cancel', 'steered')).toMatchObject({ exitCode: 0, stdout: 'steered cancelled' })
    expect(await status('steered')).toBe('cancelled')
  })

  it('cancels on a signal, or leaves the suite alone', async () => {
    await here.cli(...run('interrupted', waiting('interrupted')), '--runs', '2', '--detach')
    await begun('interrupted')
    const watching = afar.start('watch', 'interrupted')
    let told = ''
    watching.stderr.on('data', (text) => {
      told += String(text)
    })
    await until('it is watched', () => told.includes('runs'))
    watching.kill('SIGINT')
    expect((await watching).exitCode).toBe(130)
    expect(await status('interrupted')).toBe('cancelled')
  })

  it('watches, shows and cancels searches', async () => {
    const search = ['bisect', '--repo', repo.path, '--no-setup', '--id', 'c-far', '--command', waiting('c-far')]
    await here.cli(...search, '--detach')
    expect((await afar.cli('cancel', 'c-far', '--no-wait')).exitCode).toBe(0)
    await until(
      'it is cancelled',
      async () => JSON.parse((await afar.cli('show', 'c-far', '--json')).stdout).status === 'cancelled',
    )
    expect((await afar.cli('cancel', 'c-far')).exitCode).toBe(2)
    await here.cli(
      'bisect',
      '--repo',
      repo.path,
      '--no-setup',
      '--id',
      'c-near',
      '--command',
      'test "$(cat number)" = 0',
    )
    const [far, near] = await Promise.all([afar.cli('show', 'c-near'), here.cli('show', 'c-near')])
    expect(far).toEqual(near)
    expect(far.stdout).toContain(`culprit ${repo.shas[1]}`)
    const watched = await afar.cli('watch', 'c-near', '--json', '--follow')
    const lines = watched.stdout.split('\n').map((line) => JSON.parse(line))
    expect(watched.exitCode).toBe(0)
    expect(lines.pop()).toMatchObject({ search: 'c-near', answer: 'culprit', culprit: { sha: repo.shas[1] } })
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1))
    expect(lines.at(-1)).toMatchObject({ type: 'search.finished' })
  })

  it('extends', async () => {
    const { report, exitCode } = await afar.report('extend', 'done', '--runs', '2')
    expect(exitCode).toBe(1)
    expect(report).toMatchObject({ extensions: 1, commits: [{ runs: 5 }, { runs: 5 }] })
  })
})

describe('what goes to a gateway', () => {
  it('is no path, and the remote of the path is named', async () => {
    const { exitCode, stderr } = await afar.cli('run', '--repo', repo.path)
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--repo:')
    expect(stderr).toContain('--repo https://***@example.org/project.git')
    expect(stderr).not.toContain('token')
  })

  it('is judged there: repositories, isolation, secrets, whose values stay here', async () => {
    const url = `file://${repo.path}`
    const refused = await afar.cli('run', '--repo', url, '--command', 'true')
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^error: --repo: "file:.*is not among the repositories.*COMMIT_SUITE_ALLOWED_REPOS/,
      ),
    })
    const far = ['run', '--repo', 'https://example.org/a.git', '--command', 'true']
    expect(await afar.cli('bisect', ...far.slice(1), '--isolation', 'process')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: --isolation: "process"/),
    })
    expect(await afar.cli(...far, '--isolation', 'process')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: --isolation: "process"/),
    })
    expect(await afar.cli(...far, '--secret-env', 'NOT_SET_HERE')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: --secret-env: "NOT_SET_HERE".*ALLOWED_SECRETS/),
    })
  })

  it('is not a repetition of what ran without a sandbox; a script of it is made here', async () => {
    const replayed = await afar.cli('replay', failing)
    expect(replayed.exitCode).toBe(2)
    expect(replayed.stderr).toMatch(/repo/)
    const printed = await afar.cli('replay', failing, '--print')
    expect(printed).toMatchObject({ exitCode: 0, stdout: (await here.cli('replay', failing, '--print')).stdout })
  })

  it('goes where the file of --config says, and no file beats the environment', async () => {
    const config = join(here.config.stateDir, 'client.json')
    const repoUrl = `file://${repo.path}`
    await writeFile(config, JSON.stringify({ ws_url: `${served.url.replace('http', 'ws')}/ws`, repo_url: repoUrl }))
    const alone = await Home.make()
    const elsewhere = await Home.make({ COMMIT_SUITE_URL: 'http://127.0.0.1:1' })
    try {
      const said = await alone.cli('run', '--config', config, '--command', 'true')
      expect(said).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--repo: "file:') })
      const warned = await elsewhere.cli('run', '--config', config, '--command', 'true')
      expect(warned.exitCode).toBe(3)
      expect(warned.stderr).toMatch(/^warning: .*\nerror: COMMIT_SUITE_URL: "http:\/\/127.0.0.1:1" – /s)
    } finally {
      await alone.dispose()
      await elsewhere.dispose()
    }
  })

  it('goes by default where the user’s own file says', async () => {
    const folder = join(here.config.stateDir, 'user', 'commit-suite')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'config.yml'), `gatewayUrl: ${served.url}\n`)
    const user = await Home.make({ XDG_CONFIG_HOME: join(folder, '..') })
    try {
      expect((await user.cli('list')).stdout).toContain('done')
    } finally {
      await user.dispose()
    }
  })

  it.each(['serve', 'worker', 'gateway', 'gc', 'doctor'])('is not %s, which is about this machine', async (command) => {
    const { exitCode, stdout, stderr } = await afar.cli(command)
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(new RegExp(`^error: COMMIT_SUITE_URL: .*commit-suite ${command} is about this machine`))
  })

  it('is nothing where the cluster is not there, or the address is none', async () => {
    expect(await afar.cli('environments', 'list')).toMatchObject({ exitCode: 2, stdout: '' })
    expect(await afar.cli('environments', 'list', '--context', 'x')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: --context/),
    })
    const wrong = await execa('node', ['bin/commit-suite.js', 'list'], {
      env: { ...here.env, COMMIT_SUITE_URL: 'localhost:8080' },
      reject: false,
    })
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringMatching(/^error: COMMIT_SUITE_URL: /)])
  })
})

// The last, because from the first key on every call needs one.
describe('keys', () => {
  it('are made, listed and revoked through a gateway, and asked for from then on', async () => {
    const made = await afar.cli('keys', 'create', 'boss', '--role', 'admin', '--json')
    const { secret } = JSON.parse(made.stdout)
    const without = await afar.cli('list')
    expect([without.exitCode, without.stderr]).toEqual([2, expect.stringContaining('API key')])
    const keyed = await Home.make({ COMMIT_SUITE_URL: served.url, COMMIT_SUITE_API_KEY: secret })
    try {
      await keyed.cli('keys', 'create', 'reader', '--role', 'read')
      const listed = await keyed.cli('keys', 'list', '--json')
      expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'boss' }, { name: 'reader', role: 'read' }])
      expect((await keyed.cli('list', '--json')).exitCode).toBe(0)
      expect(await keyed.cli('keys', 'revoke', 'reader')).toMatchObject({ stdout: 'reader revoked' })
      expect((await keyed.cli('keys', 'revoke', 'reader')).exitCode).toBe(2)
      await keyed.cli('keys', 'revoke', 'boss')
      expect((await keyed.cli('list')).exitCode).toBe(2)
      expect((await afar.cli('list')).exitCode).toBe(0)
    } finally {
      await keyed.dispose()
    }
  })
})
