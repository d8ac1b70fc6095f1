import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signalProcess } from '../../src/executors/local/runner/process-tree.ts'
import type { Store } from '../../src/store/store.ts'
import { findStack } from '../../src/temporal/supervisor/client.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

const ALPHA = 'alpha-correct-horse'
const BETA = 'beta-battery-staple'
const GAMMA = 'gamma&<chain>"gang'
const ESCAPED = 'gamma&amp;&lt;chain&gt;&quot;gang'

/** A report as test frameworks write them: the value in a name, a message, output and an address. */
const WRITE_REPORT = `
import os, json, urllib.parse, xml.sax.saxutils as x
t = os.environ["TOKEN"]
a, b = x.quoteattr("spells " + t), x.escape(t)
u = urllib.parse.quote(t, safe="")
open("report.xml", "w").write("<testsuite><testcase classname=\\"c\\" name=" + a + "><failure message=" + a + ">" + b
  + "</failure><system-out>" + x.escape(json.dumps(t)) + " https://example.org/?t=" + u + "</system-out></testcase></testsuite>")
raise SystemExit(1)
`

let home: Home
let alpha: Home
let beta: Home
let repo: TestRepository
let store: Store
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make({ COMMIT_SUITE_SLOTS: '2' }), plainRepository()])
  const withToken = (token: string) => new Home(home.config.stateDir, { ...home.env, TOKEN: token })
  alpha = withToken(ALPHA)
  beta = withToken(BETA)
  store = await home.store()
})
afterAll(async () => {
  await store.close()
  await home.dispose()
  await repo.remove()
})

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Prints the secret in one piece and in two, and a digest that tells which it was; waits for the gate. */
const command = (gate: string): string =>
  `printf "%s" "$TOKEN" | sha256sum; printf "got %s" "$(printf "%s" "$TOKEN" | cut -c1-6)"; sleep 0.3; ` +
  `printf "%s\\n" "$(printf "%s" "$TOKEN" | cut -c7-)"; echo "$TOKEN" >&2; while [ ! -e ${gate} ]; do sleep 0.05; done`

const run = (id: string, gate: string) => [
  ...['run', '--repo', repo.path, '--no-setup', '--secret-env', 'TOKEN', '--runs', '3', '--parallelism', '1'],
  ...['--id', id, '--command', command(gate)],
]

const alive = async (id: string): Promise<boolean> =>
  (await store.events.read(id, 0, 1_000)).some(({ type }) => type === 'run.started')

/** By a process of its own: closing SQLite's files in this one would drop the locks of its open store. */
async function filesThatHold(folder: string, text: string): Promise<string[]> {
  const { stdout, exitCode } = await execa('grep', ['-rlF', '--', text, folder], { reject: false })
  // 1: in none; more: some file could not be read.
  expect(exitCode).toBeLessThan(2)
  return stdout.split('\n').filter((line) => line !== '')
}

async function commandLines(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return (await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))).join('\n')
}

/** The output of a suite's last run: its worker is not the one that the suite began with. */
async function lastOutput(id: string): Promise<{ stdout: string; stderr: string }> {
  const name = `${id}.${repo.shas[0]?.slice(0, 12)}.2`
  const [stdout, stderr] = await Promise.all(
    ['stdout', 'stderr'].map(async (stream) => (await home.cli('logs', name, '--stream', stream)).stdout),
  )
  return { stdout: stdout ?? '', stderr: stderr ?? '' }
}

/** Kills supervisor, server and worker; what they held in memory is gone. */
async function crash(): Promise<void> {
  const { pid, serverPid, workerPid } = await home.readyStack()
  for (const victim of [pid, workerPid, serverPid]) if (victim !== null) signalProcess(victim, 'SIGKILL')
  await until('the stack is gone', async () => (await findStack(home.config)) === undefined)
}

describe('--secret-env', () => {
  it('gives each suite of one stack the value of its own command, also after the worker was killed', async () => {
    const gate = join(home.config.stateDir, 'gate')
    const first = alpha.start(...run('first', gate))
    await until('the first suite runs', () => alive('first'))
    const second = beta.start(...run('second', gate))
    await until('the second suite runs', () => alive('second'))
    expect(await commandLines()).not.toMatch(new RegExp(`${ALPHA}|${BETA}`))
    const { workerPid } = await home.readyStack()
    process.kill(workerPid ?? 0, 'SIGKILL')
    await until('another worker runs', async () => ((await home.stack()).workerPid ?? workerPid) !== workerPid)
    await writeFile(gate, '')
    expect([(await first).exitCode, (await second).exitCode]).toEqual([0, 0])
    for (const [id, value] of [['first', ALPHA] as const, ['second', BETA] as const]) {
      const stars = '*'.repeat(value.length)
      const { stdout, stderr } = await lastOutput(id)
      expect(stdout).toBe(`${digest(value)}  -\ngot ${stars}`)
      expect(stderr).toBe(stars)
    }
  })

  it('masks what reports, names of tests and a failing set-up say of it, escaped or not', async () => {
    const gamma = new Home(home.config.stateDir, { ...home.env, TOKEN: GAMMA })
    const common = ['--repo', repo.path, '--secret-env', 'TOKEN', '--runs', '1']
    const report = ['--reports', 'report.xml', '--command', `python3 -c '${WRITE_REPORT}'`]
    const ran = await gamma.report('run', ...common, '--no-setup', '--id', 'reported', ...report)
    expect(ran.report.commits[0]).toMatchObject({ failed: 1 })
    const setUp = await gamma.cli(
      'run',
      ...common,
      '--id',
      'set-up',
      '--setup',
      'echo "$TOKEN" >&2; exit 9',
      '--command',
      'true',
    )
    expect(setUp.exitCode).toBe(3)
    // What was kept of the report, and of the set-up.
    expect(await filesThatHold(join(home.config.stateDir, 'artifacts'), 'spells ***')).not.toEqual([])
    expect(JSON.stringify(await store.events.read('set-up', 0, 100))).toContain('*'.repeat(GAMMA.length))
    for (const form of [GAMMA, ESCAPED, JSON.stringify(GAMMA).slice(1, -1), encodeURIComponent(GAMMA)]) {
      expect(await filesThatHold(home.config.stateDir, form)).toEqual([])
    }
    expect(await commandLines()).not.toContain(GAMMA)
  })

  it('leaves no value in any file or event', async () => {
    await until('no run is left', async () => (await home.workspaces()).length === 0)
    expect(await filesThatHold(home.config.stateDir, digest(ALPHA))).not.toEqual([])
    expect(await filesThatHold(home.config.stateDir, ALPHA)).toEqual([])
    expect(await filesThatHold(home.config.stateDir, BETA)).toEqual([])
    const events = await Promise.all(['first', 'second'].map((id) => store.events.read(id, 0, 1_000)))
    expect(JSON.stringify(events)).not.toMatch(new RegExp(`${ALPHA}|${BETA}`))
  })

  it('comes again with watch after a crash of everything', async () => {
    const gate = join(home.config.stateDir, 'second-gate')
    const started = await alpha.cli(...run('resumed', gate), '--detach')
    expect(started).toMatchObject({ exitCode: 0, stdout: 'resumed' })
    await until('the suite runs', () => alive('resumed'))
    await crash()
    const watching = beta.report('watch', 'resumed')
    await until('the stack is back', () => home.readyStack().then(() => true))
    await writeFile(gate, '')
    expect((await watching).report.commits[0]).toMatchObject({ passed: 3, errors: 0 })
    expect((await lastOutput('resumed')).stdout).toContain(digest(BETA))
  })

  it('fails the runs of a suite that is resumed without it, and says what to do', async () => {
    const started = await alpha.cli(...run('forgotten', join(home.config.stateDir, 'never')), '--detach')
    expect(started).toMatchObject({ exitCode: 0, stdout: 'forgotten' })
    await until('the suite runs', () => alive('forgotten'))
    await crash()
    const { exitCode, stdout } = await home.cli('watch', 'forgotten')
    expect(exitCode).toBe(3)
    expect(stdout).toContain('commit-suite watch forgotten in an environment that has them')
    const { report } = await home.report('show', 'forgotten', '--results')
    expect(report.commits[0]?.results?.map(({ reason }) => reason)).toEqual(Array(3).fill('secret_not_set'))
    await until('no run is left', async () => (await home.workspaces()).length === 0)
  })

  it('is refused before anything starts where the command itself has no such variable', async () => {
    const { exitCode, stderr } = await home.cli(...run('third', 'none'))
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--secret-env: "TOKEN" – is not set in the environment of this command')
    expect(await store.suites.get('third')).toBeUndefined()
  })
})
