import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AnsweringServer, answeringServer } from '../support/answering-server.ts'
import { performAction } from '../support/composite-action.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { until } from '../support/until.ts'

// The steps of the GitHub Action, as a runner performs them, with a target that is told of the suite's end.

let hook: AnsweringServer
let home: Home
let repo: TestRepository
let tools: string
beforeAll(async () => {
  ;[hook, repo] = await Promise.all([answeringServer(() => ({ status: 204 })), plainRepository(2)])
  const notifyFile = join(repo.path, '.git', 'notify.yml')
  await writeFile(notifyFile, `targets:\n  hook: { type: webhook, url: '${hook.url}', secretEnv: HOOK_KEY }\n`)
  home = await Home.make({ COMMIT_SUITE_NOTIFY: notifyFile, HOOK_KEY: 'a key' })
  // What is installed here is not installed again.
  tools = join(home.config.stateDir, 'tools')
  await mkdir(tools)
  await writeFile(join(tools, 'npm'), `#!/bin/sh\necho "$@" >'${join(tools, 'asked')}'\n`)
  await chmod(join(tools, 'npm'), 0o755)
})
afterAll(async () => {
  await home.dispose()
  await Promise.all([repo.remove(), hook.close()])
})

const perform = (inputs: Record<string, string>) =>
  performAction({ inputs, cwd: repo.path, env: { ...home.env, PATH: `${tools}:${process.env.PATH}` } })

test('a flaky command becomes annotations, a summary, outputs and a signed message', async () => {
  const inputs = {
    command: `test $(($ATTEMPT % 2)) = 0 || { echo '::set-output name=verdict::passing'; exit 1; }`,
    commits: 'HEAD',
    runs: '4',
    args: '--no-setup\n--notify=hook\n--id=from-action\n',
  }
  const { exitCode, stderr, stdout, outputs, summary } = await perform(inputs)
  expect(await readFile(join(tools, 'asked'), 'utf8')).toContain('ci --prefix')
  expect([exitCode, outputs]).toEqual([1, { suite: 'from-action', verdict: 'flaky' }])
  expect(stderr).toMatch(/^::warning title=[0-9a-f]{12} .*%3A flaky::2 of 4 runs failed/m)
  expect(stdout).not.toContain('::set-output')
  expect(summary).toContain('# from-action: completed')
  // The command waits for it, but on a slow machine not for ever.
  await until('the webhook is told', async () => {
    const { stdout: shown } = await home.cli('show', 'from-action', '--json')
    return JSON.parse(shown).notifications[0].status === 'sent'
  })
  expect(hook.asked.map(({ body }) => JSON.parse(body).data.suite)).toEqual(['from-action'])
})

test('a target that the worker does not have is refused, and those it has are named', async () => {
  const { exitCode, stderr } = await home.cli('run', '--repo', repo.path, '--command', 'true', '--notify', 'hok')
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringContaining('--notify: "hok" – is no target of the worker. Known: hook.'),
  ])
})
