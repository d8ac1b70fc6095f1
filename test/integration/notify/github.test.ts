import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deliver } from '../../../src/notify/deliver.ts'
import { DeliveryFault } from '../../../src/notify/fault.ts'
import type { Notice } from '../../../src/notify/notice.ts'
import { notifyFileSchema, type Target } from '../../../src/notify/schema.ts'
import { fakeGithub } from '../../support/fake-github.ts'
import { report, reportedCommit, reportedTest, SHA, SHA2 } from '../../unit/cli/fixture.ts'

// Checks and comments over HTTP, with what GitHub answers when it can and when it cannot.

let github: Awaited<ReturnType<typeof fakeGithub>>
beforeAll(async () => {
  github = await fakeGithub()
})
afterAll(() => github.close())
beforeEach(() => {
  for (const list of [github.comments, github.checks, github.asked, github.first]) list.length = 0
  github.pulls.clear()
  github.pulls.set(SHA, [
    { number: 3, state: 'closed' },
    { number: 7, state: 'open' },
  ])
})

const target = (fields: Record<string, unknown>): Target => {
  const given = { tokenEnv: 'TOKEN', apiUrl: github.url, repository: 'org/project', ...fields }
  return notifyFileSchema.parse({ targets: { it: given } }).targets.it ?? expect.fail('there is no target')
}
const notice = (fields: Partial<Notice> = {}): Notice => ({
  ...{
    target: 'pr',
    report: report(),
    link: 'https://suites.example.org/#/suites/s-one',
    delivery: 'notify/s-one/pr/0',
  },
  ...fields,
})
const deps = () => ({ secretOf: () => 't0ken', signal: AbortSignal.timeout(30_000) })
const comment = (fields: Record<string, unknown> = {}, told = notice()) =>
  deliver(target({ type: 'github-comment', ...fields }), told, deps(), 'whole')
const check = (sha = SHA, told = notice()) => deliver(target({ type: 'github-check' }), told, deps(), sha)
const fault = async (sent: Promise<unknown>): Promise<DeliveryFault> => {
  const error = await sent.catch((thrown) => thrown)
  return error instanceof DeliveryFault ? error : expect.fail(`no fault: ${String(error)}`)
}

describe('a comment', () => {
  test('goes to the open pull request of the newest commit, and is updated in place', async () => {
    expect(await comment()).toEqual({ status: 'sent', detail: expect.stringContaining('#issuecomment-') })
    expect(github.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /repos/org/project/commits/${SHA}/pulls`,
      'GET /repos/org/project/issues/7/comments',
      'POST /repos/org/project/issues/7/comments',
    ])
    expect(github.comments[0]?.body).toMatch(/^<!-- commit-suite:pr -->\n# s-one: completed\n.*\[Open the suite\]/s)
    await comment({}, notice({ report: report({ suite: 's-two' }) }))
    expect(github.comments.map(({ body }) => /# s-\w+/.exec(body)?.[0])).toEqual(['# s-two'])
  })

  test('is found behind a hundred others; those of people and of other targets stay', async () => {
    const user = { type: 'User' }
    github.comments.push({ id: 1, body: '<!-- commit-suite:pr -->\nmine', user })
    github.comments.push({ id: 2, body: '<!-- commit-suite:other -->\n', user: { type: 'Bot' } })
    for (let id = 3; id <= 104; id++) github.comments.push({ id, body: 'see <!-- commit-suite:pr -->', user })
    github.comments.push({ id: 105, body: '<!-- commit-suite:pr -->\nold', user: { type: 'Bot' } })
    await comment()
    expect(github.comments).toHaveLength(105)
    expect(github.comments.filter(({ body }) => body.includes('s-one')).map(({ id }) => id)).toEqual([105])
  })

  test('is not made where no open pull request has the commit; a number needs none', async () => {
    github.pulls.set(SHA, [{ number: 3, state: 'closed' }])
    expect(await comment()).toMatchObject({ status: 'skipped' })
    expect(await comment({ pullRequest: 12 })).toMatchObject({ status: 'sent' })
    expect(github.asked.at(-1)?.path).toBe('/repos/org/project/issues/12/comments')
  })

  test('whose answer was lost is found by the next try', async () => {
    github.comments.push({ id: 5, body: '<!-- commit-suite:pr -->\n', user: { type: 'Bot' } })
    github.first.push({ status: 200, body: [{ number: 7, state: 'open' }] }, { status: 0, hangUp: true })
    expect(await fault(comment())).toMatchObject({ retry: true })
    await comment()
    expect(github.comments).toHaveLength(1)
  })

  test('of a large report stays within what GitHub takes, and texts of repositories are no markup', async () => {
    const tests = Array.from({ length: 50 }, (_, at) =>
      reportedTest({ id: `t::${at} @org/everyone <img src=x> ${'x'.repeat(900)}` }),
    )
    const commits = Array.from({ length: 20 }, () => reportedCommit({ tests }))
    await comment({}, notice({ report: report({ commits }) }))
    const body = github.comments[0]?.body ?? ''
    expect(body.length).toBeLessThan(65_536)
    expect(body).toContain('Cut here')
    expect(body).not.toMatch(/@org|<img/)
  })
})

describe('a check', () => {
  test('says of each commit how it went, once a suite', async () => {
    const commits = [reportedCommit({ sha: SHA2, verdict: 'passing', failed: 0 }), reportedCommit()]
    const told = notice({ report: report({ commits }) })
    for (const sha of [SHA2, SHA, SHA]) await check(sha, told)
    expect(github.checks).toMatchObject([
      { head_sha: SHA2, conclusion: 'success', name: 'Commit Suite', status: 'completed', details_url: told.link },
      { head_sha: SHA, conclusion: 'failure', external_id: `commit-suite/s-one/${SHA.slice(0, 12)}` },
    ])
    await check(
      SHA,
      notice({
        report: report({ suite: 's-two', status: 'cancelled', commits: [reportedCommit({ verdict: 'inconclusive' })] }),
      }),
    )
    expect(github.checks.map(({ conclusion }) => conclusion)).toEqual(['success', 'failure', 'cancelled'])
    expect(github.asked.every(({ headers }) => headers['x-github-api-version'] === '2022-11-28')).toBe(true)
  })
})

const secondary = {
  status: 403,
  body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
}
const invalid = {
  message: 'Validation Failed',
  errors: [{ resource: 'CheckRun', code: 'custom', message: 'No commit found for SHA' }],
}

test.each([
  ['a server that fails', { status: 502, body: '<html>Bad Gateway</html>' }, { retry: true, waitMs: undefined }],
  [
    'a secondary limit with a time',
    { ...secondary, headers: { 'retry-after': '37' } },
    { retry: true, waitMs: 37_000 },
  ],
  ['a secondary limit without one', secondary, { retry: true, waitMs: 60_000 }],
  [
    'too many requests',
    { status: 429, headers: { 'retry-after': '5' }, body: { message: 'slow down' } },
    { retry: true, waitMs: 5000 },
  ],
  ['no right', { status: 403, body: { message: 'Resource not accessible by integration' } }, { retry: false }],
  [
    'input that is wrong',
    { status: 422, body: invalid },
    { retry: false, message: 'GitHub answered 422: Validation Failed; No commit found for SHA' },
  ],
  ['a repository that is not there', { status: 404, body: { message: 'Not Found' } }, { retry: false }],
  ['an answer of another shape', { status: 200, body: { surprise: true } }, { retry: true }],
  ['no answer', { status: 0, hangUp: true }, { retry: true, message: 'GitHub does not answer' }],
])('%s is tried again where that may help', async (_, answer, expected) => {
  github.first.push(answer)
  expect(await fault(check())).toMatchObject(expected)
  expect(github.checks).toEqual([])
})

test('the limit of an hour is waited for until it is renewed', async () => {
  const reset = Math.floor(Date.now() / 1000) + 600
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) }
  github.first.push({ status: 403, headers, body: { message: 'API rate limit exceeded for installation ID 1.' } })
  const { retry, waitMs = 0 } = await fault(check())
  expect(retry).toBe(true)
  expect(waitMs).toBeLessThanOrEqual(601_000)
  expect(waitMs).toBeGreaterThan(0)
})

test('a token goes to the repositories of its own host only', async () => {
  const elsewhere = target({ type: 'github-check', repository: undefined })
  expect(await fault(deliver(elsewhere, notice(), deps(), SHA))).toMatchObject({ retry: false })
  expect(github.asked).toEqual([])
})
