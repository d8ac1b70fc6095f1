import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import type { Services } from '../../../src/cli/services.ts'
import { suiteEventSchema, suiteReportSchema } from '../../../src/contract/index.ts'
import type { SuiteControl } from '../../../src/temporal/suites.ts'
import { endSuite, realStore, recordSuite, result, SHA, spec, testCli } from './fixture.ts'

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
})
afterEach(() => real.close())

const unexpected = async (): Promise<never> => {
  throw new Error('this call was not to be made')
}

const admitted: SuiteControl['start'] = async ({ id }) => {
  await recordSuite(real.store, ['passed'], { id })
  return { suite: id, joined: false, status: 'queued' }
}

/** The services with a stack whose control does what the test says. */
function stackOf(control: Partial<SuiteControl>) {
  let released = 0
  return {
    ...real.services,
    readDefaults: async () => ({}),
    uncommittedChanges: async () => false,
    acquireStack: async (..._: Parameters<Services['acquireStack']>) => ({
      temporalAddress: '127.0.0.1:1',
      temporalUi: null,
      namespace: 'default',
      pid: 1,
      release: async () => {
        released += 1
      },
    }),
    connectSuites: async () => ({
      start: unexpected,
      cancel: unexpected,
      pause: unexpected,
      resume: unexpected,
      extend: unexpected,
      failureOf: async () => undefined,
      searches: { start: unexpected, cancel: unexpected, failureOf: async () => undefined },
      isolations: { start: unexpected, cancel: unexpected, failureOf: async () => undefined },
      sweeps: {
        ...{ create: unexpected, list: unexpected, get: unexpected, update: unexpected },
        ...{ trigger: unexpected, backfill: unexpected, delete: unexpected },
      },
      check: async () => undefined,
      close: async () => undefined,
      ...control,
    }),
    released: () => released,
  } satisfies Partial<Services> & { released: () => number }
}

test('run --json prints exactly one document that is what the contract says, with the exit code for it', async () => {
  const services = stackOf({
    async start({ id }) {
      await recordSuite(real.store, ['passed', 'failed'], { id })
      await endSuite(real.store, id, 'completed')
      return { suite: id, joined: false, status: 'queued' }
    },
  })
  const { context } = testCli(services)
  const output = join(real.folder, 'out')
  const args = [
    'run',
    '--repo',
    real.folder,
    '--json',
    '--id',
    's-json',
    '--output',
    output,
    '--junit',
    join(real.folder, 'j.xml'),
  ]
  expect(await runCommandLine(context, args)).toBe(1)
  const text = context.stdout.text()
  expect(text.trimEnd()).not.toContain('\n')
  const document = suiteReportSchema.parse(JSON.parse(text))
  expect(document.commits[0]?.results?.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
  expect(JSON.parse(await readFile(join(output, 'report.json'), 'utf8'))).toEqual(JSON.parse(text))
  expect(await readFile(join(real.folder, 'j.xml'), 'utf8')).toContain('failures="1"')
  expect(services.released()).toBe(1)
})

test('run tells a job of GitHub Actions of its suite unless it is not to', async () => {
  const services = stackOf({
    async start({ id }) {
      await recordSuite(real.store, ['passed', 'failed'], { id })
      await endSuite(real.store, id, 'completed')
      return { suite: id, joined: false, status: 'queued' }
    },
  })
  const output = join(real.folder, 'output')
  for (const [id, flags, told] of [
    ['s-told', [], true],
    ['s-untold', ['--no-github'], false],
  ] as const) {
    const { context } = testCli(services, { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output })
    expect(await runCommandLine(context, ['run', '--repo', real.folder, '--id', id, '--json', ...flags])).toBe(1)
    expect(context.stderr.text().includes('\n::warning title=0123456789ab')).toBe(told)
    expect(suiteReportSchema.parse(JSON.parse(context.stdout.text())).suite).toBe(id)
  }
  expect(await readFile(output, 'utf8')).toBe('suite=s-told\nverdict=flaky\n')
})

test('run --follow --json prints events as lines and the document last', async () => {
  const { context } = testCli(
    stackOf({
      async start({ id }) {
        await recordSuite(real.store, ['passed'], { id })
        await endSuite(real.store, id, 'completed')
        return { suite: id, joined: false, status: 'queued' }
      },
    }),
  )
  expect(await runCommandLine(context, ['run', '--repo', real.folder, '--json', '--follow', '--id', 's-lines'])).toBe(0)
  const lines = context.stdout
    .text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.slice(0, -1).map((line) => suiteEventSchema.parse(line).seq)).toEqual(
    lines.slice(0, -1).map((_, i) => i + 1),
  )
  expect(lines.slice(0, -1).at(-1).type).toBe('suite.finished')
  expect(suiteReportSchema.parse(lines.at(-1)).suite).toBe('s-lines')
})

test('input that the workflow refuses is exit 2, with its message, though nothing is on record', async () => {
  const { CommitSuiteError } = await import('../../../src/contract/index.ts')
  const { context } = testCli(
    stackOf({
      start: async ({ id }) => ({ suite: id, joined: false, status: 'queued' }),
      failureOf: async () => new CommitSuiteError('ref_not_found', 'commits: "nope" – there is no such ref.'),
    }),
  )
  expect(await runCommandLine(context, ['run', '--repo', real.folder, '--commits', 'nope'])).toBe(2)
  expect(context.stderr.text()).toBe('error: --commits: "nope" – there is no such ref.\n')
  expect(context.stdout.text()).toBe('')
})

test('run --detach prints the id alone and warns of uncommitted changes', async () => {
  const { context } = testCli({
    ...stackOf({ start: admitted }),
    uncommittedChanges: async () => true,
  })
  expect(await runCommandLine(context, ['run', '--repo', real.folder, '--detach', '--id', 's-away'])).toBe(0)
  expect(context.stdout.text()).toBe('s-away\n')
  expect(context.stderr.text()).toContain('uncommitted changes')
})

test('Ctrl-C without a terminal cancels, waits for the end and is exit 130; another one forces', async () => {
  await recordSuite(real.store, ['passed'], { id: 's-long' })
  const cancelled: string[] = []
  const cli = testCli(stackOf({ cancel: async (suite) => void cancelled.push(suite) }))
  let nowMs = 0
  cli.context.now = () => nowMs
  const code = runCommandLine(cli.context, ['watch', 's-long'])
  await vi.waitFor(() => {
    cli.signal('SIGINT')
    expect(cancelled).toEqual(['s-long'])
  })
  expect(cli.exits).toEqual([])
  nowMs = 1_000
  cli.signal('SIGINT')
  expect(cli.exits).toEqual([130])
  await endSuite(real.store, 's-long', 'cancelled')
  expect(await code).toBe(130)
})

test('run --detach stays until the suite is on record, so that a refusal is told', async () => {
  const { CommitSuiteError } = await import('../../../src/contract/index.ts')
  const { context } = testCli(
    stackOf({
      start: async ({ id }) => ({ suite: id, joined: false, status: 'queued' }),
      failureOf: async () => new CommitSuiteError('template_not_found', 'projectType: "cobol" – is no template.'),
    }),
  )
  expect(await runCommandLine(context, ['run', '--repo', real.folder, '--detach'])).toBe(2)
  expect(context.stdout.text()).toBe('')
  expect(context.stderr.text()).toContain('error: --project-type: "cobol" – is no template.')
})

/** A stack that comes up when the test says so. */
function slowStack(control: Partial<SuiteControl>) {
  const services = stackOf(control)
  const up = Promise.withResolvers<void>()
  const asked = vi.fn<Services['acquireStack']>(async (config, options) => {
    await up.promise
    return await services.acquireStack(config, options)
  })
  return { ...services, acquireStack: asked, asked, up: up.resolve }
}

test('a signal before the stack is up starts nothing and is exit 130', async () => {
  const services = slowStack({ start: unexpected })
  const cli = testCli(services)
  const code = runCommandLine(cli.context, ['run', '--repo', real.folder])
  await vi.waitFor(() => expect(services.asked).toHaveBeenCalled())
  cli.signal('SIGTERM')
  expect(await code).toBe(130)
  expect(cli.context.stderr.text()).toContain('interrupted before the suite was started')
})

test('a signal while the suite is being started cancels it once it is on record', async () => {
  const started = Promise.withResolvers<void>()
  const cancelled: string[] = []
  const cli = testCli(
    stackOf({
      async start({ id }) {
        cli.signal('SIGINT')
        setTimeout(() => recordSuite(real.store, ['passed'], { id }).then(() => started.resolve()), 20)
        return { suite: id, joined: false, status: 'queued' }
      },
      async cancel(suite) {
        await started.promise
        cancelled.push(suite)
        await endSuite(real.store, suite, 'cancelled')
      },
    }),
  )
  expect(await runCommandLine(cli.context, ['run', '--repo', real.folder, '--id', 's-early', '--detach'])).toBe(130)
  expect(cancelled).toEqual(['s-early'])
})

test('a signal before watch follows cancels what the stack resumes', async () => {
  await recordSuite(real.store, ['passed'], { id: 's-cut' })
  const services = slowStack({ cancel: (suite) => endSuite(real.store, suite, 'cancelled') })
  const cli = testCli(services)
  const code = runCommandLine(cli.context, ['watch', 's-cut'])
  await vi.waitFor(() => expect(services.asked).toHaveBeenCalled())
  cli.signal('SIGINT')
  services.up()
  expect(await code).toBe(130)
  expect((await real.store.suites.get('s-cut'))?.status).toBe('cancelled')
})

test('values of secrets go with the lease, from the environment of the command', async () => {
  await recordSuite(real.store, ['failed'], { secretEnv: ['TOKEN', 'ABSENT'] })
  const secretsOf = async (env: NodeJS.ProcessEnv, ...args: string[]) => {
    const services = stackOf({
      resume: async () => undefined,
      start: admitted,
    })
    const acquireStack = vi.fn<Services['acquireStack']>(services.acquireStack)
    const cli = testCli({ ...services, acquireStack }, env)
    const code = await runCommandLine(cli.context, args)
    return { code, secrets: acquireStack.mock.lastCall?.[1].secrets, stderr: cli.context.stderr.text() }
  }
  const run = ['run', '--repo', real.folder, '--id', 's-new', '--secret-env', 'TOKEN', '--detach']
  expect(await secretsOf({ TOKEN: 'a' }, ...run)).toMatchObject({
    code: 0,
    secrets: { suites: ['s-new'], values: { TOKEN: 'a' } },
  })
  const resume = await secretsOf({ TOKEN: 'b' }, 'resume', 's-one')
  expect(resume).toMatchObject({ code: 0, secrets: { suites: ['s-one'], values: { TOKEN: 'b' } } })
  const missing = await secretsOf({}, ...run)
  expect(missing).toMatchObject({ code: 2, secrets: undefined })
  expect(missing.stderr).toContain('--secret-env: "TOKEN" – is not set')
})

test('the Temporal link is told at the start', async () => {
  await recordSuite(real.store, ['passed'])
  await endSuite(real.store, 's-one', 'completed')
  const services = stackOf({})
  const lease = {
    temporalAddress: 'a',
    temporalUi: 'http://ui',
    namespace: 'default',
    pid: 1,
    release: async () => undefined,
  }
  const { context } = testCli({ ...services, acquireStack: async () => lease })
  expect(await runCommandLine(context, ['watch', 's-one', '--json'])).toBe(0)
  expect(context.stderr.text()).toMatch(/^Temporal: http:\/\/ui\/namespaces\/default\/workflows\/suite%2Fs-one\n/)
})

test('watch without an open suite says so and starts no stack', async () => {
  const { context } = testCli({ ...stackOf({}), acquireStack: unexpected })
  expect(await runCommandLine(context, ['watch'])).toBe(2)
  expect(context.stderr.text()).toContain('no suite is open')
})

test('watch tells which interrupted suites go on', async () => {
  await recordSuite(real.store, ['passed'], { id: 's-cut' })
  const services = stackOf({})
  const acquireStack = async () => {
    await endSuite(real.store, 's-cut', 'completed')
    return { temporalAddress: 'a', temporalUi: null, namespace: 'default', pid: 1, release: async () => undefined }
  }
  const { context } = testCli({ ...services, acquireStack })
  expect(await runCommandLine(context, ['watch', 's-cut'])).toBe(0)
  expect(context.stderr.text()).toContain('resuming: s-cut\n')
})

test('show prints table or document of any suite, with every run when asked', async () => {
  await recordSuite(real.store, ['passed', 'failed'], {}, 'Hostile \x1b[2J subject')
  await endSuite(real.store, 's-one', 'completed')
  const table = testCli(real.services)
  expect(await runCommandLine(table.context, ['show', 's-one', '--results'])).toBe(0)
  expect(table.context.stdout.text()).toContain(`commit-suite replay s-one.${SHA.slice(0, 12)}.1`)
  expect(table.context.stdout.text()).not.toContain('\x1b')
  const json = testCli(real.services)
  expect(await runCommandLine(json.context, ['show', 's-one', '--json'])).toBe(0)
  expect(suiteReportSchema.parse(JSON.parse(json.context.stdout.text())).commits[0]).not.toHaveProperty('results')
  const none = testCli(real.services)
  expect(await runCommandLine(none.context, ['show', 's-none'])).toBe(2)
})

test('list filters by status and says what is interrupted', async () => {
  await recordSuite(real.store, ['passed'], { id: 's-old' })
  await endSuite(real.store, 's-old', 'completed')
  await recordSuite(real.store, ['passed'], { id: 's-new' })
  const { context } = testCli(real.services)
  expect(await runCommandLine(context, ['list', '--status', 'completed,failed', '--json'])).toBe(0)
  expect(JSON.parse(context.stdout.text())).toMatchObject([{ suite: 's-old', status: 'completed' }])
  expect(context.stderr.text()).toContain('interrupted: s-new')
  const bad = testCli(real.services)
  expect(await runCommandLine(bad.context, ['list', '--status', 'done'])).toBe(2)
})

test('logs hands on bytes as they are, and makes escapes visible on a terminal unless --raw', async () => {
  const { runId } = await recordSuite(real.store, ['failed'])
  const bytes = Uint8Array.of(0x1b, 0x5b, 0x32, 0x4a, 0xff, 0x0a)
  const key = { suite: 's-one', sha: SHA, attempt: 0, generation: 0, try: 1 }
  const captured = (head: Uint8Array) => ({ head, droppedBytes: 0, tail: new Uint8Array() })
  await real.store.logs.compact({ ...key, stream: 'stdout' }, captured(bytes))
  await real.store.logs.compact({ ...key, stream: 'stderr' }, captured(new TextEncoder().encode('oops\n')))
  const pipe = testCli(real.services)
  expect(await runCommandLine(pipe.context, ['logs', runId(0)])).toBe(0)
  expect([...pipe.context.stdout.bytes()]).toEqual([...bytes, ...new TextEncoder().encode('oops\n')])
  expect(pipe.context.stderr.text()).toBe('')
  const filtered = testCli(real.services)
  expect(await runCommandLine(filtered.context, ['logs', runId(0), '--stream', 'stderr'])).toBe(0)
  expect(filtered.context.stdout.text()).toBe('oops\n')
  const both = testCli(real.services)
  both.context.stdout.isTTY = true
  expect(await runCommandLine(both.context, ['logs', runId(0)])).toBe(0)
  expect(both.context.stdout.text()).toBe('^[[2J\ufffd\n==> stderr <==\noops\n')
  const terminal = testCli(real.services)
  terminal.context.stdout.isTTY = true
  expect(await runCommandLine(terminal.context, ['logs', 's-one', '--stream', 'stdout'])).toBe(0)
  expect(terminal.context.stdout.text()).toBe('^[[2J\ufffd\n')
  const raw = testCli(real.services)
  raw.context.stdout.isTTY = true
  await runCommandLine(raw.context, ['logs', runId(0), '--raw', '--stream', 'stdout'])
  expect([...raw.context.stdout.bytes()]).toEqual([...bytes])
})

test('logs --follow writes live output until the run has ended', async () => {
  await real.store.suites.create({ spec: spec({ runs: 1 }), requestDigest: 'd', seeds: [100] })
  const subject = { position: 0, sha: SHA, refs: [], subject: '', author: '', committedAt: '2026-01-02T03:04:05.000Z' }
  await real.store.suites.putCommits('s-one', [subject])
  const key = { suite: 's-one', sha: SHA, attempt: 0, generation: 0, try: 1, stream: 'stdout' as const }
  await real.store.logs.append(key, 0, new TextEncoder().encode('first\n'))
  const { context } = testCli(real.services)
  const code = runCommandLine(context, ['logs', `s-one.${SHA.slice(0, 12)}.0`, '--follow'])
  await vi.waitFor(() => expect(context.stdout.text()).toBe('first\n'))
  await real.store.logs.append(key, 6, new TextEncoder().encode('second\n'))
  await real.store.results.record(result(0, 'passed', { seed: 100 }))
  expect(await code).toBe(0)
  expect(context.stdout.text()).toBe('first\nsecond\n')
})

test('cancel waits until the suite has ended; a finished one is refused', async () => {
  await recordSuite(real.store, ['passed'])
  const services = stackOf({ cancel: (suite) => endSuite(real.store, suite, 'cancelled') })
  const first = testCli(services)
  expect(await runCommandLine(first.context, ['cancel', 's-one'])).toBe(0)
  expect(first.context.stdout.text()).toBe('s-one cancelled\n')
  const again = testCli(services)
  expect(await runCommandLine(again.context, ['cancel', 's-one'])).toBe(2)
  expect(again.context.stderr.text()).toContain('is cancelled already')
})

test('doctor is exit 3 where something failed and says what to do', async () => {
  const runDoctor = async () => ({
    checks: [
      { name: 'git', status: 'ok' as const, detail: '2.50' },
      { name: 'temporal', status: 'failed' as const, detail: 'none', remedy: 'Install it.' },
    ],
  })
  const { context } = testCli({ ...real.services, runDoctor })
  expect(await runCommandLine(context, ['doctor'])).toBe(3)
  expect(context.stdout.text()).toBe('ok    git: 2.50\nFAIL  temporal: none\n      Install it.\n')
})

test('gc says what it removed', async () => {
  const asked: unknown[] = []
  const collectGarbage: Services['collectGarbage'] = async (_, options) => {
    asked.push(options)
    return [{ name: 'trees/abc', sizeBytes: 3 * 1024 * 1024 }]
  }
  const collectEnvironments: Services['collectEnvironments'] = async () => ({ collected: [], unreached: [] })
  const { context } = testCli({ ...real.services, collectGarbage, collectEnvironments })
  expect(await runCommandLine(context, ['gc', '--older-than', '7d', '--dry-run'])).toBe(0)
  expect(asked).toEqual([{ olderThanMs: 604_800_000, dryRun: true }])
  expect(context.stdout.text()).toBe('trees/abc\n1 item would be removed, 3 MiB\n')
})

test('serve --json says where everything is, holds its lease and gives it back at SIGTERM', async () => {
  const services = stackOf({})
  let closed = 0
  const startGateway: Services['startGateway'] = async ({ host, port }) => ({
    url: `http://${host}:${port}`,
    close: async () => void closed++,
  })
  const cli = testCli({ ...services, startGateway })
  const code = runCommandLine(cli.context, ['serve', '--json'])
  await vi.waitFor(() => expect(cli.context.stdout.text()).not.toBe(''))
  expect(JSON.parse(cli.context.stdout.text())).toEqual({
    url: 'http://127.0.0.1:8080',
    temporal: '127.0.0.1:1',
    temporalUi: null,
    pid: process.pid,
  })
  expect(services.released()).toBe(0)
  cli.signal('SIGTERM')
  expect(await code).toBe(0)
  expect([closed, services.released()]).toEqual([1, 1])
})
