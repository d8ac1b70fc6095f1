import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'

let home: Home
let repo: TestRepository
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make(), plainRepository()])
  await mkdir(join(home.config.stateDir, 'plain'))
  await execa('git', ['init', '--quiet', join(home.config.stateDir, 'empty')])
})
afterAll(async () => {
  await home.dispose()
  await repo.remove()
})

/** What is wrong, as flags beside a sound request, and the field and value that the error names. */
const CASES: [what: string, flags: string[], field: RegExp, value: string][] = [
  ['no such repository', ['--repo', '/no/such/repository'], /repo/, '/no/such/repository'],
  ['not a repository', ['--repo', './plain'], /repo/, 'plain'],
  ['an empty repository', ['--repo', './empty'], /repo/, 'empty'],
  ['an unknown ref', ['--commits', 'HEAD,no-such-branch'], /commits/, 'no-such-branch'],
  ['a ref that begins with a dash', ['--commits=--all'], /commits/, '--all'],
  ['a remote helper', ['--repo', 'ext::sh -c touch% canary'], /repo/, 'ext::sh'],
  ['an option as repository', ['--repo=--upload-pack=touch canary'], /repo/, '--upload-pack'],
  ['an option as commit', ['--commits=--upload-pack=touch canary'], /commits/, '--upload-pack'],
  ['no runs', ['--runs', '0'], /runs/, '0'],
  ['too many runs', ['--runs', '100001'], /runs/, '100001'],
  ['runs in words', ['--runs', 'ten'], /runs/, 'ten'],
  ['no parallelism', ['--parallelism', '0'], /parallelism/, '0'],
  ['a seed given twice', ['--seeds', '5,6,5'], /seeds/, '5'],
  ['an empty command', ['--command', ' '], /command/, '" "'],
  ['a template that does not exist', ['--project-type', 'cobol'], /project-type|projectType/i, 'cobol'],
  ['a password in the URL', ['--repo', 'https://me:s3cret@example.org/repo.git'], /repo/, 'example.org'],
]

describe('bad input', () => {
  it.each(CASES)('%s: exit 2 with field and value, and nothing is started', async (_what, flags, field, value) => {
    const given = new Set(flags.map((flag) => flag.replace(/=.*/s, '')))
    const sound: [string, string][] = [
      ['--repo', repo.path],
      ['--commits', 'HEAD'],
      ['--command', 'true'],
    ]
    const rest = sound.filter(([flag]) => !given.has(flag)).flat()
    const { exitCode, stdout, stderr } = await home.cli('run', ...rest, ...flags)
    expect(stderr).toMatch(field)
    expect(stderr).toContain(value)
    expect(stderr).not.toContain('s3cret')
    expect(stdout).toBe('')
    expect(exitCode).toBe(2)
    const store = await home.store()
    try {
      expect(await store.suites.list({ limit: 10 })).toEqual([])
    } finally {
      await store.close()
    }
    expect(await home.workspaces()).toEqual([])
  })
})
