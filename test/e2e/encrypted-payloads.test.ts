import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { laneWorkflowId, runWorkflowId, suiteWorkflowId } from '../../src/contract/names.ts'
import type { Store } from '../../src/store/store.ts'
import { addPayloadKey, readPayloadKeys } from '../../src/temporal/payloads/key-file.ts'
import { findServerBinary } from '../../src/temporal/server-binary.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

/** Nothing else that Temporal keeps has these words. */
const [COMMAND, VALUE, REF, PLAIN] = ['zebra-command', 'zebra-value', 'zebra-ref', 'zebra-plain']

let home: Home
let keyless: Home
let keys: string
let repo: TestRepository
let store: Store
beforeAll(async () => {
  keys = join(await mkdtemp(join(tmpdir(), 'payload-keys-')), 'keys')
  const linger = { COMMIT_SUITE_SLOTS: '2' }
  ;[home, repo] = await Promise.all([Home.make({ ...linger, COMMIT_SUITE_PAYLOAD_KEYS: keys }), plainRepository()])
  keyless = new Home(home.config.stateDir, linger)
  store = await home.store()
})
afterAll(async () => {
  await store.close()
  await home.dispose()
  await repo.remove()
  await rm(dirname(keys), { recursive: true })
})

const run = (id: string, command: string) => [
  ...['run', '--repo', repo.path, '--no-setup', '--runs', '2', '--parallelism', '1', '--id', id],
  ...['--env', `ZEBRA=${VALUE}`, '--command', command],
]

/** With the server's own command, which has no key. */
async function temporal(...args: string[]): Promise<string> {
  const { temporalAddress } = await home.readyStack()
  const { path } = await findServerBinary(home.config)
  return (await execa(path, ['workflow', ...args, '--address', temporalAddress], { reject: false })).stdout
}

const history = (id: string) => temporal('show', '--workflow-id', id, '--output', 'json')

/** Which of the words lie anywhere in the files of Temporal's database. */
async function kept(...words: string[]): Promise<string[]> {
  const files = ['temporal.db', 'temporal.db-wal'].map((name) => join(home.config.stateDir, 'temporal', name))
  const bytes = Buffer.concat(await Promise.all(files.map((file) => readFile(file))))
  return words.filter((word) => bytes.includes(word))
}

describe('with payload keys', () => {
  it('suites and a sweep run and fail with their own words, and Temporal keeps none of them', async () => {
    expect(await home.cli('payload-keys', 'create', keys)).toMatchObject({ exitCode: 0 })
    const [key] = readPayloadKeys(keys)
    const command = `echo ${COMMAND}; test "$ZEBRA" = ${VALUE}`
    const { exitCode, report } = await home.report(...run('hidden', command))
    expect({ exitCode, passed: report.commits[0]?.passed }).toEqual({ exitCode: 0, passed: 2 })
    const refused = await home.cli(...run('refused', command), '--commits', REF)
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(REF) })

    const sweep = ['--cron', '0 0 1 1 *', '--repo', repo.path, '--no-setup', '--command', `echo ${COMMAND}`]
    await home.cli('sweep', 'create', '--name', 'hidden-sweep', ...sweep, '--budget-runs', '2')
    expect(await home.cli('sweep', 'trigger', 'hidden-sweep')).toMatchObject({ exitCode: 0 })
    const completed = async () => (await store.suites.list({ limit: 9 })).filter(({ status }) => status === 'completed')
    await until('the runs of the sweep have ended', async () => (await completed()).length === 2)

    const sha = repo.shas[0] ?? ''
    const ids = [suiteWorkflowId('hidden'), laneWorkflowId('hidden', sha), suiteWorkflowId('refused')]
    const histories = await Promise.all(
      [...ids, runWorkflowId({ suite: 'hidden', sha, attempt: 0, generation: 0 })].map(history),
    )
    for (const [index, shown] of histories.entries()) {
      expect(shown, `history ${index}`).toContain(Buffer.from(key?.id ?? '').toString('base64'))
      expect(shown).not.toMatch(new RegExp(`zebra|${basename(repo.path)}`))
    }
    expect(histories[2]).toMatch(/"message": "Encoded failure"/)
    const words = [COMMAND, VALUE, REF, repo.path, key?.secret.toString('base64') ?? '']
    expect(await kept('suite/hidden', 'hidden-sweep', ...words)).toEqual(['suite/hidden', 'hidden-sweep'])
  })

  it('a suite is started by hand without any', async () => {
    const input = { repo: repo.path, command: { shell: `echo ${PLAIN}` }, setup: null, runs: 1 }
    const start = ['--type', 'CommitSuite', '--task-queue', 'commit-suite', '--workflow-id', 'suite/plain']
    await temporal('start', ...start, '--input', JSON.stringify(input))
    await until('it has completed', async () => (await store.suites.get('plain'))?.status === 'completed')
    expect(await kept(PLAIN)).toEqual([PLAIN])
  })

  it('a worker without the key waits for one that has it, and a new key leaves the old one of use', async () => {
    const gate = join(home.config.stateDir, 'gate')
    const started = await home.cli(...run('kept', `while [ ! -e ${gate} ]; do sleep 0.05; done`), '--detach')
    expect(started).toMatchObject({ exitCode: 0 })
    await until('a run has begun', async () =>
      (await store.events.read('kept', 0, 100)).some(({ type }) => type === 'run.started'),
    )
    const other = await keyless.cli('watch', 'kept')
    expect(other.stderr).toMatch(/The running stack is for .*, payload keys .*, not for /)
    await home.killAll()

    const [key] = readPayloadKeys(keys)
    const lacking = `COMMIT_SUITE_PAYLOAD_KEYS: payloads are encrypted with the key ${key?.id}, and this process has none`
    void keyless.start('watch', 'kept')
    const log = join(home.config.stateDir, 'worker.log')
    await until('the worker says what it lacks', async () => (await readFile(log, 'utf8')).includes(lacking))
    const described = await temporal('describe', '--workflow-id', suiteWorkflowId('kept'), '--output', 'json')
    expect(described).toContain('"status": "WORKFLOW_EXECUTION_STATUS_RUNNING"')
    // At once: the server waits longer and longer between the tries of a task.
    await home.killAll()

    const young = await addPayloadKey(keys)
    await writeFile(gate, '')
    const { exitCode, report } = await home.report('watch', 'kept')
    expect({ exitCode, passed: report.commits[0]?.passed }).toEqual({ exitCode: 0, passed: 2 })
    const ids = [key?.id ?? '', young].map((id) => Buffer.from(id).toString('base64'))
    for (const id of ids) expect(await history(suiteWorkflowId('kept'))).toContain(id)
  })
})
