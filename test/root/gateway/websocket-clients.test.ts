import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../../support/home.ts'
import { plainRepository, type TestRepository } from '../../support/repository.ts'
import { type Serving, startServing } from '../../support/serving.ts'
import { TestClient } from '../../support/test-client.ts'
import { until } from '../../support/until.ts'

/** Commits of the repository, oldest first, with what their test does. */
const TESTS = ['echo tested; echo warned >&2', 'echo broken; exit 1', 'echo tested again']

let repo: TestRepository
let templates: string
let home: Home
let gateway: Serving
let url: string
beforeAll(async () => {
  repo = await plainRepository(1)
  for (const [index, line] of TESTS.entries()) {
    await writeFile(join(repo.path, 'check.sh'), `${line}\n`)
    const git = (...args: string[]) =>
      execa('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], { cwd: repo.path })
    await git('add', '.')
    await git('commit', '--quiet', '--message', `change ${index}`)
  }
  templates = await mkdtemp(join(tmpdir(), 'cs-templates-'))
  await mkdir(join(templates, 'shelf'), { recursive: true })
  await writeFile(join(templates, 'shelf', 'template.yaml'), 'description: A shelf\ncommand: sh check.sh\n')
  home = await Home.make({ COMMIT_SUITE_ALLOWED_REPOS: `file://${repo.path}`, COMMIT_SUITE_TEMPLATES: templates })
  gateway = await startServing(home)
  url = `${gateway.url.replace(/^http/, 'ws')}/ws`
})
afterAll(async () => {
  await gateway.stop()
  await home.dispose()
  await repo.remove()
  await rm(templates, { recursive: true, force: true })
})

const asked = (changes: object = {}) => ({
  repoURL: `file://${repo.path}`,
  commitHash: 'HEAD',
  projectType: 'Shelf',
  testCommand: null,
  ...changes,
})
const results = (message: unknown): unknown =>
  Reflect.get(Object(Reflect.get(Object(message), 'payload')), 'test_results')

describe('clients of both dialects, in sandboxes behind a real gateway', () => {
  it('dialect 1 gets one reply per request, in order', async () => {
    const client = await TestClient.connect(url)
    const session = { chatId: '14', userId: '7' }
    client.send(
      asked({ ...session, commitHash: 'HEAD~2' }),
      asked({ ...session, commitHash: 'HEAD~1' }),
      asked({ ...session, commitHash: 'HEAD~9' }),
      asked({ ...session, projectType: 'cobol' }),
      asked({ ...session, repoURL: 'file:///etc' }),
      asked({ ...session, testCommand: 'cat number; echo "on $(hostname)" >/dev/null; exit 3' }),
    )
    // Each waited for on its own: they come one after another.
    for (let count = 1; count < 6; count++) await client.take(count)
    const replies = await client.take(6)
    const namespace = (status: string) => ({ status, namespace: 'im-14-7', project_type: 'shelf' })
    const output = (stdout: string, stderr: string) => ({ stdout, stderr, kubectl_errors: [] })
    expect(replies).toMatchObject([
      {
        type: 'test_results',
        payload: {
          namespace_status: namespace('created'),
          test_results: {
            ...{ commit: 'HEAD~2', status: 'passed', success: true, commit_message: 'change 0' },
            output: output('tested\n', 'warned\n'),
          },
        },
      },
      {
        payload: {
          namespace_status: namespace('exists'),
          test_results: {
            ...{ commit: 'HEAD~1', status: 'failed', success: false, commit_message: 'change 1' },
            output: output('broken\n', ''),
          },
        },
      },
      {
        payload: {
          namespace_status: namespace('exists'),
          test_results: { commit: 'HEAD~9', status: 'error', success: false, commit_message: '' },
        },
      },
      { type: 'error', payload: { message: expect.stringContaining('Missing deployment template for cobol') } },
      { payload: { test_results: { status: 'error', output: { stderr: expect.stringContaining('repo') } } } },
      { payload: { test_results: { status: 'failed', output: output('0\n', '') } } },
    ])
    expect(JSON.stringify(results(replies[2]))).toContain('HEAD~9')
    const steps = Reflect.get(Object(results(replies[0])), 'steps')
    expect(steps.map(({ step }: { step: string }) => step)).toEqual([
      ...['setup', 'setup_complete', 'repo_check', 'repo_clone', 'commit_checkout', 'commit_verified'],
      'test_execution',
    ])
    const times = steps.map(({ timestamp }: { timestamp: string }) => timestamp)
    expect(times).toEqual([...times].sort())
  })

  it('dialect 2 is told of a test as it goes, also after another client made the namespace', async () => {
    const first = await TestClient.connect(url)
    const test = { type: 'test_request', projectId: 'shelf', ...asked() }
    first.send(test, { type: 'namespace_setup', projectId: 'shelf', projectType: 'shelf' })
    await until('it is set up', () => JSON.stringify(first.received).includes('namespace_complete'))
    expect(first.received[0]).toMatchObject({ type: 'error', payload: { code: 'namespace_required' } })
    const second = await TestClient.connect(url)
    second.send({ ...test, testCommand: 'echo printed; echo warned >&2; sleep 600' })
    // The command stands in the first message; the line is what it prints.
    await until('its output is told as it comes', () => JSON.stringify(second.received).includes('printed\\n'))
    expect(second.received[0]).toMatchObject({
      payload: {
        update_type: 'start',
        update_data: {
          data: { commit: 'HEAD', namespace: 'im-shelf', test_cmd: 'echo printed; echo warned >&2; sleep 600' },
        },
      },
    })
    const { stdout } = await home.cli('list', '--json')
    const [running] = JSON.parse(stdout).filter(({ status }: { status: string }) => status === 'running')
    expect(running.suite).toMatch(/^im-shelf-/)
    await home.cli('cancel', running.suite)
    await until('it is complete', () => JSON.stringify(second.received).includes('test_complete'))
    expect(second.received.at(-1)).toMatchObject({
      type: 'test_complete',
      status: 'failed',
      payload: { message: 'The test was cancelled.', result: { status: 'error' } },
    })
    second.received.length = 0
    second.send(test)
    await until('another is complete', () => JSON.stringify(second.received).includes('test_complete'))
    expect(second.received.at(-1)).toMatchObject({
      status: 'success',
      payload: { result: { status: 'passed', commit_message: 'change 2', output: { stdout: 'tested again\n' } } },
    })
  })
})
