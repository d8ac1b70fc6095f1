import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import {
  isolationWorkflowId,
  laneWorkflowId,
  notifyWorkflowId,
  runWorkflowId,
  searchWorkflowId,
  suiteWorkflowId,
  sweepScheduleId,
  TASK_QUEUE,
} from '../src/contract/names.ts'
import { findServerBinary } from '../src/temporal/server-binary.ts'
import { answeringServer } from '../test/support/answering-server.ts'
import { Home } from '../test/support/home.ts'
import { plainRepository } from '../test/support/repository.ts'
import { until } from '../test/support/until.ts'

/**
 * Records histories of every workflow into `test/replay/histories/<name>.json`, from real suites: one that completes,
 * one that is paused and resumed, one that is cancelled; from suites that are extended: after their end, with runs
 * repeated, and while open; from one that stops early, and from its extension; from searches:
 * to an answer, cancelled, and out of time; from isolations and firings of sweeps that end likewise; from a janitor that knows no cluster; from a session; from notifications that are
 * delivered at the second try, and refused; and from a job whose
 * deadline passes. Run it after a change of workflow code that adds steps, under a new name; the histories already there
 * stay and must keep replaying.
 *
 * usage: node scripts/record-histories.ts PREFIX [PART…]
 */
const [prefix, ...wanted] = process.argv.slice(2)
if (prefix === undefined || !/^[a-z0-9-]+$/.test(prefix)) throw new Error('usage: record-histories.ts PREFIX [PART…]')
const folder = resolve('test/replay/histories')

const targets = await mkdtemp(join(tmpdir(), 'targets-'))
const notify = { COMMIT_SUITE_NOTIFY: join(targets, 'notify.yml'), HOOK_KEY: 'key' }
const home = await Home.make({ COMMIT_SUITE_SLOTS: '2', KUBECONFIG: '', ...notify })
const repo = await plainRepository(2)
const store = await home.store()
const keepUp = home.start('serve', '--port', '0')
const run = ['run', '--repo', repo.path, '--commits', 'HEAD~1,HEAD', '--no-setup', '--runs', '3']
try {
  const parts = {
    completed,
    paused,
    cancelled,
    extensions,
    decided,
    searches,
    isolations,
    sweeps,
    janitor,
    sessions,
    notifications,
    deadline,
  }
  for (const [name, part] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await part()
} finally {
  keepUp.kill('SIGTERM')
  await keepUp
  await store.close()
  await home.dispose()
  await repo.remove()
  await rm(targets, { recursive: true })
}

/** Their newest executions are those of the extensions. */
async function extensions(): Promise<void> {
  await home.cli(...run, '--command', 'true', '--id', 'extended')
  await home.cli('extend', 'extended', '--runs', '2')
  await record('extended', { attempt: 3 })

  const gate = join(home.config.stateDir, 'gate')
  const waiting = `while [ ! -e ${gate} ]; do sleep 0.05; done`
  const begun = (suite: string) => async () =>
    (await store.events.read(suite, 0, 100)).some(({ type }) => type === 'run.started')
  const repeated = home.start(...run, '--command', waiting, '--id', 'repeated')
  await until('a run has begun', begun('repeated'))
  await home.cli('cancel', 'repeated')
  await repeated
  const ahead = home.start(...run, '--command', waiting, '--id', 'ahead')
  await until('a run has begun', begun('ahead'))
  await home.cli('extend', 'ahead', '--runs', '1', '--detach')
  await writeFile(gate, '')
  await ahead
  await record('ahead')
  await home.cli('extend', 'repeated', '--errors')
  await record('repeated', { generation: 1 })
}

/** Runs in flight are cancelled at the stop; the extension finds that no more are needed. */
async function decided(): Promise<void> {
  const command = ['--command', 'exit $(($ATTEMPT % 2))', '--id', 'decided']
  await home.cli(...run.slice(0, run.indexOf('--runs')), '--until', 'verdict', ...command)
  await record('decided')
  await home.cli('extend', 'decided', '--runs', '2')
  await record('decided', { name: 'decided-extended' })
}

async function completed(): Promise<void> {
  await home.cli(...run, '--command', 'exit $(($ATTEMPT % 2))', '--id', 'completed')
  await record('completed')
}

async function paused(): Promise<void> {
  const running = home.start(...run, '--command', 'sleep 0.5', '--id', 'paused')
  await until('a run has ended', async () => (await store.results.tallies('paused')).size > 0)
  await home.cli('pause', 'paused')
  await home.cli('resume', 'paused')
  await running
  await record('paused')
}

async function cancelled(): Promise<void> {
  const running = home.start(...run, '--command', 'sleep 60', '--id', 'cancelled')
  await until('a run has begun', async () =>
    (await store.events.read('cancelled', 0, 100)).some(({ type }) => type === 'run.started'),
  )
  await home.cli('cancel', 'cancelled')
  await running
  await record('cancelled')
}

async function searches(): Promise<void> {
  const search = ['bisect', '--repo', repo.path, '--no-setup']
  await home.cli(...search, '--command', 'test "$(cat number)" = 0', '--id', 'c-completed')
  const running = home.start(...search, '--command', 'sleep 60', '--id', 'c-cancelled')
  await until('a run has begun', async () => {
    const suites = await store.suites.list({ partOf: 'search/c-cancelled', limit: 10 })
    const events = await Promise.all(suites.map(({ id }) => store.events.read(id, 0, 100)))
    return events.flat().some(({ type }) => type === 'run.started')
  })
  await home.cli('cancel', 'c-cancelled')
  await running
  await home.cli(...search, '--command', 'sleep 60', '--max-duration', '5s', '--id', 'c-late')
  for (const ending of ['completed', 'cancelled', 'late']) {
    await save(searchWorkflowId(`c-${ending}`), `${ending}-search`)
  }
}

/** The order is learnt in each of them: one of four tests leaves something behind that the last one trips over. */
async function isolations(): Promise<void> {
  const cases = ['one', 'two', 'three'].map((name) => `    def test_${name}(self):\n        left.append('${name}')\n`)
  const last = "    def test_zero(self):\n        self.assertNotIn('two', left)\n"
  const file = `import unittest\n\nleft = []\n\n\nclass TestAll(unittest.TestCase):\n${[...cases, last].join('\n')}`
  await writeFile(join(repo.path, 'test_all.py'), file)
  await commit('a test that depends on its order')
  const isolate = ['isolate', 'test_all.TestAll::test_zero', '--repo', repo.path, '--no-setup']
  const python = 'python3 -m unittest'
  await home.cli(...isolate, '--command', python, '--id', 'i-completed')
  const running = home.start(...isolate, '--command', `sleep 60; ${python} {tests}`, '--id', 'i-cancelled')
  await until('a run has begun', async () => {
    const suites = await store.suites.list({ partOf: 'isolation/i-cancelled', limit: 10 })
    const events = await Promise.all(suites.map(({ id }) => store.events.read(id, 0, 100)))
    return events.flat().some(({ type }) => type === 'run.started')
  })
  await home.cli('cancel', 'i-cancelled')
  await running
  await home.cli(...isolate, '--command', `sleep 60; ${python} {tests}`, '--max-duration', '5s', '--id', 'i-late')
  for (const ending of ['completed', 'cancelled', 'late']) {
    await save(isolationWorkflowId(`i-${ending}`), `${ending}-isolation`)
  }
}

/** As their schedules start them. */
async function sweeps(): Promise<void> {
  const fire = async (name: string, shell: string, more: object = {}) => {
    const input = { name, repo: repo.path, cron: '@yearly', setup: null, command: { shell }, ...more }
    const start = ['--workflow-id', `${sweepScheduleId(name)}-by-hand`, '--type', 'Sweep', '--task-queue', TASK_QUEUE]
    await temporal('start', ...start, '--input', JSON.stringify(input), '--input', JSON.stringify(`w-${name}`))
  }
  const ended = (name: string) => async () => (await store.sweeps.firings(`w-${name}`, 1))[0]?.finishedAt != null
  await fire('completed', 'exit $(($ATTEMPT % 2))', { budgetRuns: 4 })
  await until('the firing has ended', ended('completed'))
  await fire('cancelled', 'sleep 60')
  await until('its suite has begun', async () => (await store.sweeps.last('w-cancelled'))?.suite != null)
  await temporal('cancel', '--workflow-id', `${sweepScheduleId('cancelled')}-by-hand`)
  await until('the firing has ended', ended('cancelled'))
  await fire('late', 'sleep 60', { budgetMs: 10_000 })
  await until('the firing has ended', ended('late'))
  for (const ending of ['completed', 'cancelled', 'late']) {
    await save(`${sweepScheduleId(ending)}-by-hand`, `${ending}-sweep`)
  }
}

async function notifications(): Promise<void> {
  const hook = await answeringServer(() => ({ status: 204 }))
  const target = `{ type: webhook, url: '${hook.url}', secretEnv: HOOK_KEY }`
  await writeFile(notify.COMMIT_SUITE_NOTIFY, `targets: { hook: ${target} }\n`)
  hook.first.push({ status: 503, headers: { 'retry-after': '1' } })
  await home.cli(...run, '--command', 'true', '--notify', 'hook', '--id', 'told')
  hook.first.push({ status: 410 })
  await home.cli(...run, '--command', 'true', '--notify', 'hook', '--id', 'refused')
  await hook.close()
  for (const suite of ['told', 'refused']) await save(notifyWorkflowId(suite, 'hook', 0), `${suite}-notify`)
}

/** As a gateway starts it: a job whose repository gives it a deadline, which passes. */
async function deadline(): Promise<void> {
  await writeFile(join(repo.path, '.flaky-detector.yml'), 'timeout: 5\n')
  const sha = await commit('a deadline')
  const command = { argv: ['sleep', '600'] }
  const input = { repo: repo.path, setup: null, command, runs: 2, job: { endpoint: 'flaky' } }
  const start = ['--workflow-id', suiteWorkflowId('deadline'), '--type', 'CommitSuite', '--task-queue', TASK_QUEUE]
  await temporal('start', ...start, '--input', JSON.stringify(input))
  await until('the deadline has passed', async () => (await store.suites.get('deadline'))?.status === 'failed')
  await record('deadline', { sha })
}

async function commit(message: string): Promise<string> {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false']
  const git = async (...args: string[]) => (await execa('git', [...identity, ...args], { cwd: repo.path })).stdout
  await git('add', '.')
  await git('commit', '--quiet', '--message', message)
  return await git('rev-parse', 'HEAD')
}

interface Recording {
  attempt?: number
  generation?: number
  sha?: string
  /** Of the files; the suite's where it has one recording only. */
  name?: string
}

async function record(suite: string, { name = suite, ...fields }: Recording = {}): Promise<void> {
  const { attempt = 0, generation = 0, sha = repo.shas[0] ?? '' } = fields
  const workflows = {
    suite: suiteWorkflowId(suite),
    lane: laneWorkflowId(suite, sha),
    run: runWorkflowId({ suite, sha, attempt, generation }),
  }
  for (const [kind, id] of Object.entries(workflows)) await save(id, `${name}-${kind}`)
}

/** As its schedule starts it. */
async function janitor(): Promise<void> {
  const id = 'commit-suite-janitor'
  await temporal('execute', '--workflow-id', id, '--type', 'Janitor', '--task-queue', TASK_QUEUE)
  await save(id, 'janitor')
}

/** One that makes the place of a session, and one that finds it. */
async function sessions(): Promise<void> {
  for (const action of ['ensure', 'find']) {
    const input = { action, session: { chat: '14', user: '7' }, executor: 'local', projectType: 'python' }
    const id = `session/${action}`
    const start = ['--workflow-id', id, '--type', 'Session', '--task-queue', TASK_QUEUE]
    await temporal('execute', ...start, '--input', JSON.stringify(input))
    await save(id, `session-${action}`)
  }
}

async function save(workflowId: string, name: string): Promise<void> {
  const history = await temporal('show', '--workflow-id', workflowId, '--output', 'json')
  await writeFile(join(folder, `${prefix}-${name}.json`), `${anonymous(history)}\n`)
}

async function temporal(...args: string[]): Promise<string> {
  const { temporalAddress } = await home.readyStack()
  const { path } = await findServerBinary(home.config)
  return (await execa(path, ['workflow', ...args, '--address', temporalAddress])).stdout
}

/** What says where it was recorded: this machine's host, processes and folders. */
function anonymous(history: string): string {
  return history
    .replaceAll(/"identity": "[^"]*"/g, '"identity": "worker"')
    .replaceAll(/"\d+@[\w.-]+"/g, '"worker"')
    .replaceAll(/"(workerInstanceKey|requestId)": "[^"]*"/g, '"$1": ""')
    .replaceAll(repo.path, '/repo')
    .replaceAll(process.cwd(), '/commit-suite')
}
