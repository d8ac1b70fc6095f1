import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { laneWorkflowId, runWorkflowId, suiteWorkflowId, TASK_QUEUE } from '../src/contract/names.ts'
import { findServerBinary } from '../src/temporal/server-binary.ts'
import { Home } from '../test/support/home.ts'
import { plainRepository } from '../test/support/repository.ts'
import { until } from '../test/support/until.ts'

/**
 * Records histories of every workflow into `test/replay/histories/<name>.json`, from real suites: one that
 * completes, one that is paused and resumed, one that is cancelled; and from a janitor that knows no cluster. Run it after a change of workflow code that
 * adds steps, under a new name; the histories already there stay and must keep replaying.
 *
 * usage: node scripts/record-histories.ts PREFIX
 */
const prefix = process.argv[2]
if (prefix === undefined || !/^[a-z0-9-]+$/.test(prefix)) throw new Error('usage: record-histories.ts PREFIX')
const folder = resolve('test/replay/histories')

const home = await Home.make({ COMMIT_SUITE_SLOTS: '2', KUBECONFIG: '' })
const repo = await plainRepository(2)
const store = await home.store()
const keepUp = home.start('serve')
try {
  const run = ['run', '--repo', repo.path, '--commits', 'HEAD~1,HEAD', '--no-setup', '--runs', '3']
  await home.cli(...run, '--command', 'exit $(($ATTEMPT % 2))', '--id', 'completed')
  await record('completed')

  const paused = home.start(...run, '--command', 'sleep 0.5', '--id', 'paused')
  await until('a run has ended', async () => (await store.results.tallies('paused')).size > 0)
  await home.cli('pause', 'paused')
  await home.cli('resume', 'paused')
  await paused
  await record('paused')

  const cancelled = home.start(...run, '--command', 'sleep 60', '--id', 'cancelled')
  await until('a run has begun', async () =>
    (await store.events.read('cancelled', 0, 100)).some(({ type }) => type === 'run.started'),
  )
  await home.cli('cancel', 'cancelled')
  await cancelled
  await record('cancelled')
  await recordJanitor()
} finally {
  keepUp.kill('SIGTERM')
  await keepUp
  await store.close()
  await home.dispose()
  await repo.remove()
}

async function record(suite: string): Promise<void> {
  const sha = repo.shas[0] ?? ''
  const workflows = {
    suite: suiteWorkflowId(suite),
    lane: laneWorkflowId(suite, sha),
    run: runWorkflowId({ suite, sha, attempt: 0, generation: 0 }),
  }
  for (const [kind, id] of Object.entries(workflows)) await save(id, `${suite}-${kind}`)
}

/** As its schedule starts it. */
async function recordJanitor(): Promise<void> {
  const id = 'commit-suite-janitor'
  await temporal('execute', '--workflow-id', id, '--type', 'Janitor', '--task-queue', TASK_QUEUE)
  await save(id, 'janitor')
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
}
