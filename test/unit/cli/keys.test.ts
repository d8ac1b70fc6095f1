import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { realStore, testCli } from './fixture.ts'

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
})
afterEach(() => real.close())

async function cli(...args: string[]) {
  const { context } = testCli(real.services)
  return { code: await runCommandLine(context, args), out: context.stdout.text(), err: context.stderr.text() }
}

it('a key is made, listed without its secret, and revoked', async () => {
  const made = await cli('keys', 'create', 'ci', '--role', 'admin', '--open-suites', '3')
  expect(made.code).toBe(0)
  const secret = made.out.trim()
  expect(secret).toMatch(/^cs_[0-9a-f]{16}_[\w-]{43}$/)
  const { store } = real
  expect(await store.keys.find(secret)).toMatchObject({ name: 'ci', role: 'admin', openSuites: 3 })
  expect(await store.keys.find(`${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`)).toBeUndefined()
  const listed = await cli('keys', 'list', '--json')
  expect(JSON.parse(listed.out)).toEqual([
    { name: 'ci', role: 'admin', requestsPerMinute: 600, openSuites: 3, createdAt: expect.any(String) },
  ])
  expect(listed.out).not.toContain(secret)
  expect((await cli('keys', 'revoke', 'ci')).out).toBe('ci revoked\n')
  expect(await store.keys.find(secret)).toBeUndefined()
})

it.each([
  [['create', '../x'], 'error: NAME: "../x" – must be letters, digits'],
  [['create', 'ci', '--role', 'root'], 'error: --role: "root" – must be read, run or admin'],
  [['create', 'ci', '--open-suites', '0'], 'error: --open-suites: "0" – must be a whole number from 1 to 10,000'],
  [['create', 'ci', '--requests-per-minute', 'many'], 'error: --requests-per-minute: "many" – must be a whole number'],
  [['revoke', 'nobody'], 'error: name: "nobody" – is not the name of a key'],
])('keys %j is refused by name, value and rule', async (args, said) => {
  const { code, err } = await cli('keys', ...args)
  expect(code).toBe(2)
  expect(err).toContain(said)
})

it('a name is given once', async () => {
  await cli('keys', 'create', 'ci')
  const again = await cli('keys', 'create', 'ci')
  expect(again.code).toBe(2)
  expect(again.err).toContain('is the name of another key')
})
