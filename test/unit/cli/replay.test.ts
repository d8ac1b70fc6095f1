import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { replayScript, shellQuote } from '../../../src/cli/replay/script.ts'
import type { Services } from '../../../src/cli/services.ts'
import { ID_PATTERN, suiteRequestSchema } from '../../../src/contract/index.ts'
import { replayRequest } from '../../../src/requests/replay-request.ts'
import { requireRun } from '../../../src/store/find-run.ts'
import { realStore, recordSuite, SHA, testCli } from './fixture.ts'

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
})
afterEach(() => real.close())

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).trim()

/** A repository whose path and content try the quoting. */
async function repository(): Promise<{ path: string; sha: string }> {
  const path = join(real.folder, "it's a $(repo)")
  await mkdir(join(path, 'sub dir'), { recursive: true })
  git(path, 'init', '--quiet')
  await writeFile(join(path, 'sub dir', 'answer.txt'), 'old')
  git(path, 'add', '.')
  git(path, 'commit', '--quiet', '-m', 'First')
  const sha = git(path, 'rev-parse', 'HEAD')
  await writeFile(join(path, 'sub dir', 'answer.txt'), 'new')
  git(path, 'commit', '--quiet', '-am', 'Second')
  return { path, sha }
}

const COMMAND = `printf '%s|' "$PWD_TAIL" "$A" "$TEST_SEED" "$ATTEMPT" "$TOKEN" "$(cat answer.txt)" "$(cat made-by-setup)"; exit 7`

async function recorded(path: string, sha: string) {
  const { store } = real
  await recordSuite(store, ['passed', 'failed'], {
    repo: path,
    workdir: 'sub dir',
    env: { A: `quote ' dollar $HOME "double"\nline` },
    secretEnv: ['TOKEN'],
  })
  const run = await requireRun(store, `s-one.${SHA.slice(0, 12)}.1`)
  return replayScript(
    { ...run, sha, subject: 'x\nrm -rf /' },
    {
      setup: [{ argv: ['sh', '-c', 'echo set-up "$A" > made-by-setup'] }],
      command: { shell: COMMAND },
      env: { ...run.suite.spec.env, PWD_TAIL: 'f', TEST_SEED: String(run.seed), ATTEMPT: '1' },
    },
  )
}

test('the printed script runs the commit with seed, environment and set-up in a plain sh, and ends as the test does', async () => {
  const { path, sha } = await repository()
  const script = await recorded(path, sha)
  const env = { PATH: process.env.PATH, HOME: real.folder, TMPDIR: real.folder, TOKEN: 'secret value' }
  const { stdout, stderr, status } = spawnSync('sh', [], { input: script, env, encoding: 'utf8' })
  const value = `quote ' dollar $HOME "double"\nline`
  expect({ stdout, stderr, status }).toEqual({
    stdout: `f|${value}|101|1|secret value|old|set-up ${value}|`,
    stderr: '',
    status: 7,
  })
  expect(script).not.toContain('secret value')
})

test("the script's set-up installs into a HOME of its own, finds the user's toolchains, and leaves nothing", async () => {
  const { path, sha } = await repository()
  const home = join(real.folder, 'home')
  await mkdir(join(home, '.pyenv'), { recursive: true })
  const temporary = join(real.folder, 'temporary')
  await mkdir(temporary)
  await recordSuite(real.store, ['failed'], { repo: path })
  const run = await requireRun(real.store, `s-one.${SHA.slice(0, 12)}.0`)
  const install = 'mkdir -p "$HOME/.local/bin" "$HOME/ro"; printf "#!/bin/sh\\necho own" > "$HOME/.local/bin/tool"'
  const script = replayScript(
    { ...run, sha },
    {
      setup: [{ shell: `${install}; chmod +x "$HOME/.local/bin/tool"; touch "$HOME/ro/x"; chmod a-w "$HOME/ro"` }],
      command: { shell: 'tool; echo "$PYENV_ROOT"' },
      env: {},
      toolchains: { PYENV_ROOT: '.pyenv', NVM_DIR: '.nvm' },
    },
  )
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: temporary }
  const { stdout, stderr } = spawnSync('sh', [], { input: script, env, encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: `own\n${join(home, '.pyenv')}\n`, stderr: '' })
  expect(await readdir(home)).toEqual(['.pyenv'])
  expect(await readdir(temporary)).toEqual([])
})

test('without its secret the script says which one it needs', async () => {
  const { path, sha } = await repository()
  const { stderr, status } = spawnSync('sh', [], {
    input: await recorded(path, sha),
    env: { PATH: process.env.PATH, HOME: real.folder },
    encoding: 'utf8',
  })
  expect(status).not.toBe(0)
  expect(stderr).toContain('TOKEN')
})

test.each(['', 'plain', "it's", '$(x) `y` "z" \\', '-n', 'a\nb', '*', 'é'])(
  '%j survives the shell as one word',
  (word) => {
    const { stdout } = spawnSync('sh', ['-c', `printf '%s.' ${shellQuote(word)}`], { encoding: 'utf8' })
    expect(stdout).toBe(`${word}.`)
  },
)

test('a replay asks for exactly that commit, seed and command, under an id that fits', async () => {
  const id = 'a'.repeat(40)
  const fields = {
    workdir: 'sub',
    isolation: 'sandbox',
    reports: '*.xml',
    secretEnv: ['TOKEN'],
    projectType: 'go',
  } as const
  const spec = { ...fields, secretEnv: [...fields.secretEnv], env: { A: '1' }, limits: { processes: 50 } }
  await recordSuite(real.store, ['failed', 'passed'], { id, ...spec, attemptBase: 3, keep: 'always' })
  const request = replayRequest(await requireRun(real.store, `${id}.${SHA.slice(0, 12)}.1`))
  expect(request).toMatchObject({
    commits: [SHA],
    seeds: [101],
    command: { shell: 'make test' },
    setup: null,
    timeoutMs: 60_000,
    attemptBase: 4,
    keep: 'never',
    ...spec,
  })
  expect(request.id).toMatch(ID_PATTERN)
  expect(request.id).toContain('-r-')
  expect(suiteRequestSchema.safeParse(request).success).toBe(true)
})

test('a replay of a run in pods happens in the same cluster, outside the session of its client', async () => {
  const place = { executor: 'kubernetes', isolation: 'warm', cluster: { context: 'staging' } } as const
  await recordSuite(real.store, ['failed'], { ...place, session: { chat: 'c', user: 'u', key: '' } })
  const request = replayRequest(await requireRun(real.store, `s-one.${SHA.slice(0, 12)}.0`))
  expect(request).toMatchObject(place)
  expect(request).not.toHaveProperty('session')
})

test('the script of a run in pods says in which image and namespace it was', async () => {
  await recordSuite(real.store, ['failed'], { executor: 'kubernetes', isolation: 'pod', cluster: { context: 'a\nb' } })
  const run = await requireRun(real.store, `s-one.${SHA.slice(0, 12)}.0`)
  const parts = { setup: [], command: { shell: 'true' }, env: {} }
  const script = replayScript(run, { ...parts, image: 'python:3.12' })
  expect(script).toContain(
    `# Ran on Kubernetes: isolation pod, image python:3.12, namespace cs-s-one-${SHA.slice(0, 12)}, context a b.\n`,
  )
  expect(script).not.toContain('Not held to here')
  expect(replayScript(run, parts)).toContain('image of the template')
})

test('a detected set-up stays detected, and one of its own stays', async () => {
  const setup = { shell: 'make deps' }
  await recordSuite(real.store, ['failed'], { id: 's-own', setup })
  await recordSuite(real.store, ['failed'], { id: 's-found', setup: undefined })
  const requestOf = async (id: string) => replayRequest(await requireRun(real.store, `${id}.${SHA.slice(0, 12)}.0`))
  expect(await requestOf('s-own')).toMatchObject({ setup })
  expect(await requestOf('s-found')).not.toHaveProperty('setup')
})

test('the script says which bounds it does not hold to, and which attempt is repeated', async () => {
  const limits = { memoryBytes: 512 * 1024 * 1024, processes: 50, cpus: 1.5 }
  await recordSuite(real.store, ['failed'], { limits, isolation: 'sandbox', attemptBase: 6 })
  const asked: number[] = []
  const scriptParts: Services['scriptParts'] = async (_, { attempt }) => {
    asked.push(attempt)
    return { setup: [], command: { shell: 'true' }, env: {} }
  }
  const { context } = testCli({ ...real.services, scriptParts })
  expect(await runCommandLine(context, ['replay', `s-one.${SHA.slice(0, 12)}.0`, '--print'])).toBe(0)
  const script = context.stdout.text()
  expect(script).toContain(
    '# Not held to here, as the recorded run was: memory 512 MiB, processes 50, cpus 1.5, isolation sandbox.',
  )
  expect(script).toContain('attempt 6')
  expect(asked).toEqual([6])
})

test.each([
  ['nonsense', 'a run is named'],
  [`s-none.${SHA.slice(0, 12)}.0`, 'its suite is not on record'],
  [`s-one.${SHA.slice(0, 12)}.9`, 'has no attempt 9'],
  [`s-one.${'f'.repeat(12)}.0`, 'has no such commit'],
])('replay %s is exit 2: %s', async (id, rule) => {
  await recordSuite(real.store, ['passed'])
  const { context } = testCli(real.services)
  expect(await runCommandLine(context, ['replay', id, '--print'])).toBe(2)
  expect(context.stderr.text()).toContain(rule)
})
