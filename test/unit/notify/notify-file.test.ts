import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertTargets } from '../../../activities/notify/targets.ts'
import { isWanted } from '../../../src/notify/notice.ts'
import { readNotifyFile } from '../../../src/notify/read-file.ts'
import { checkNotifyFile } from '../../../src/temporal/doctor/notify.ts'
import { realStore, report, reportedCommit } from '../cli/fixture.ts'

// The operator's file of targets.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notify-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(text: string): Promise<string> {
  const path = join(folder, 'notify.yml')
  await writeFile(path, text)
  return path
}
const refusal = async (text: string): Promise<string> => {
  const path = await file(text)
  return await readNotifyFile(path).then(
    () => expect.fail('the file was taken'),
    (error: Error) => error.message.replaceAll(`${path}`, 'FILE'),
  )
}

const WHOLE = `
dashboard: https://suites.example.org
targets:
  pr: { type: github-comment, tokenEnv: GITHUB_TOKEN, repository: org/project, on: [flaky, failing] }
  checks: { type: github-check, tokenEnv: GITHUB_TOKEN, apiUrl: https://ghe.example.org/api/v3 }
  team: { type: slack, urlEnv: SLACK_URL }
  ops: { type: webhook, url: https://ops.example.org/hook, secretEnv: HOOK_KEY }
`

test('every type of target is read, with its defaults', async () => {
  const { targets } = await readNotifyFile(await file(WHOLE))
  expect(targets.pr).toMatchObject({ on: ['flaky', 'failing'], apiUrl: 'https://api.github.com' })
  expect(targets.checks).toMatchObject({ on: ['always'], name: 'Commit Suite' })
})

test.each([
  [
    'targets:\n  team: { type: slack, urlEnv: U, url: https://x }\n',
    'FILE:2: targets.team.url: "https://x" – is not a known key.',
  ],
  [
    'targets:\n  team:\n    type: slak\n',
    'FILE:3: targets.team.type: "slak" – must have a type: github-check, github-comment, slack or webhook.',
  ],
  [
    'targets:\n  team: { type: slack, urlEnv: "https://hooks" }\n',
    'FILE:2: targets.team.urlEnv: "https://hooks" – must be the name of an environment variable, not its value.',
  ],
  [
    'targets:\n  ops: { type: webhook, secretEnv: KEY }\n',
    'FILE:2: targets.ops: {"type":"webhook","secretEnv":"KEY"} – must have one of url and urlEnv.',
  ],
  [
    'targets:\n  pr: { type: github-check, tokenEnv: T, repository: a/b/c }\n',
    'FILE:2: targets.pr.repository: "a/b/c" – must be owner/name.',
  ],
  [
    'targets:\n  pr: { type: github-check, tokenEnv: T, on: [sometimes] }\n',
    'FILE:2: targets.pr.on.0: "sometimes" – must be one of always, passing, flaky, failing, inconclusive, failed, cancelled.',
  ],
  ['targets: {}\ndashbord: x\n', 'FILE:2: dashbord: "x" – is not a known key. Did you mean dashboard?'],
  ['dashboard: https://x.example\n', 'FILE:1: targets: undefined – must be a mapping of names to targets.'],
])('what is wrong in %j is named by file, line and field', async (text, message) => {
  expect(await refusal(text)).toBe(message)
})

test('unknown names are refused at admission, and those there are named', async () => {
  const notifyFile = await file(WHOLE)
  await assertTargets({ notifyFile }, ['team', 'ops'])
  await expect(assertTargets({ notifyFile }, ['team', 'tem'])).rejects.toThrow(
    'notify: "tem" – is no target of the worker. Known: pr, checks, team, ops.',
  )
  await expect(assertTargets({ notifyFile: undefined }, ['team'])).rejects.toThrow('COMMIT_SUITE_NOTIFY')
  await assertTargets({ notifyFile: undefined })
})

test('a file that is wrong tells who asks nothing of what it holds', async () => {
  const notifyFile = await file('targets:\n  team: { type: slack, url: s3cret }\n')
  const refused = await assertTargets({ notifyFile }, ['team']).catch((error: Error) => error)
  expect(refused).toMatchObject({ code: 'config_invalid', message: expect.not.stringContaining('s3cret') })
})

test('the doctor names a file that is wrong, and secrets that are not set', async () => {
  const { config, close } = await realStore()
  await close()
  expect(await checkNotifyFile(config)).toMatchObject({ status: 'ok' })
  const notifyFile = await file(WHOLE)
  const env = { GITHUB_TOKEN: 'x', HOOK_KEY: 'x' }
  expect(await checkNotifyFile({ ...config, notifyFile }, env)).toMatchObject({
    status: 'warning',
    detail: expect.stringContaining('not set here: SLACK_URL'),
  })
  expect(await checkNotifyFile({ ...config, notifyFile }, { ...env, SLACK_URL: 'x' })).toMatchObject({ status: 'ok' })
  await file('targets: 1\n')
  expect(await checkNotifyFile({ ...config, notifyFile })).toMatchObject({
    status: 'failed',
    detail: expect.stringContaining('notify.yml:1: targets'),
  })
})

test('a target is told where any of its conditions holds', async () => {
  const { targets } = await readNotifyFile(await file(WHOLE))
  const { pr = expect.fail(), team = expect.fail() } = targets
  const passing = report({ commits: [reportedCommit({ verdict: 'passing' })] })
  expect(isWanted(pr, passing)).toBe(false)
  expect(isWanted(team, passing)).toBe(true)
  expect(isWanted(pr, report())).toBe(true)
  expect(isWanted({ ...pr, on: ['failed'] }, report({ status: 'failed', commits: [] }))).toBe(true)
})
