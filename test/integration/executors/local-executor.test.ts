import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NamespaceMode } from '../../../src/executors/local/process-namespaces.ts'
import {
  contextOf,
  type Fixture,
  makeFixture,
  prepared,
  processesWith,
  runRequest,
  runShell,
  textOf,
  until,
} from './executor-fixture.ts'

/** What this host can do by itself, full copies, and fixed slots without namespaces. */
const MODES: (NamespaceMode | undefined)[] = [undefined, 'copy', 'none']

describe.each(MODES)('a run of the local executor (namespaces: %s)', (namespaces) => {
  let fixture: Fixture
  let treeKey: string
  beforeAll(async () => {
    fixture = await makeFixture({
      ...(namespaces === undefined ? {} : { namespaces }),
      workerEnv: { ...process.env, WORKER_SECRET: 'hidden', ASKED_SECRET: 'shown', NODE_OPTIONS: '--title=leak' },
    })
    treeKey = await prepared(fixture)
  })
  afterAll(() => fixture.remove())

  test('reports exit code, output and node', async () => {
    const completion = await runShell(fixture, treeKey, 'echo out; echo err >&2; exit 3')
    expect(completion).toMatchObject({ exitCode: 3, signal: null, timedOut: false, outOfMemory: false })
    expect([textOf(completion.stdout.head), textOf(completion.stderr.head)]).toEqual(['out\n', 'err\n'])
    await completion.dispose()
  })

  test('tells a signal from the code that shells make of it', async () => {
    const hangup = await runShell(fixture, treeKey, 'kill -HUP $$', { attempt: 1 })
    expect(hangup).toMatchObject({ exitCode: null, signal: 'SIGHUP' })
    const code = await runShell(fixture, treeKey, 'exit 129', { attempt: 2 })
    expect(code).toMatchObject({ exitCode: 129, signal: null })
    const child = await runShell(fixture, treeKey, 'sh -c "kill -SEGV \\$\\$"; exit $?', { attempt: 3 })
    expect(child).toMatchObject({ exitCode: null, signal: 'SIGSEGV' })
  })

  test('runs an argument vector as it is and reports a missing command with 127', async () => {
    const direct = await runShell(fixture, treeKey, '', {
      attempt: 4,
      command: { argv: ['printf', '%s', 'a b "$HOME"'] },
    })
    expect(textOf(direct.stdout.head)).toBe('a b "$HOME"')
    const missing = await runShell(fixture, treeKey, '', { attempt: 5, command: { argv: ['no-such-command'] } })
    expect(missing.exitCode).toBe(127)
  })

  test('keeps output byte for byte, also where it is not UTF-8', async () => {
    const context = contextOf()
    const request = runRequest(fixture, treeKey, "printf '\\377\\000\\200a\\303'", { attempt: 6 })
    const completion = await fixture.executor.run(request, context)
    expect([...completion.stdout.head]).toEqual([0xff, 0, 0x80, 0x61, 0xc3])
    expect(context.chunks.flatMap(({ bytes }) => [...bytes])).toEqual([0xff, 0, 0x80, 0x61, 0xc3])
  })

  test('works in a git repository at the commit, with tags and without remotes', async () => {
    const script =
      'git rev-parse HEAD; git status --porcelain; git describe --tags; git remote; git fsck 2>&1 | grep -c missing'
    const completion = await runShell(fixture, treeKey, script, { attempt: 7 })
    expect(textOf(completion.stdout.head)).toBe(`${fixture.sha}\nv1.0\n0\n`)
  })

  test('sees the same paths as every other run, and only its own writes', async () => {
    const script =
      'pwd; echo $HOME; cat folder/file.txt; ls $HOME; echo mine > folder/file.txt; touch $HOME/x; mv folder moved; ls; echo z > $TMPDIR/t; ls $TMPDIR'
    const [first, second] = await Promise.all(
      [8, 9].map(async (attempt) => textOf((await runShell(fixture, treeKey, script, { attempt })).stdout.head)),
    )
    const places = join(fixture.stateDir, 'trees', treeKey)
    const samePaths = (text = '') => (namespaces === 'none' ? text.replaceAll(/(trees\/\w+)\.\d+/g, '$1') : text)
    expect(samePaths(first)).toBe(samePaths(second))
    expect(samePaths(first)).toBe(`${places}/tree\n${places}/home\noriginal\nmoved\nt\n`)
  })

  test('makes hard links inside the run', async () => {
    const completion = await runShell(fixture, treeKey, 'ln folder/file.txt b && echo x >> b && cat folder/file.txt', {
      attempt: 10,
    })
    expect(textOf(completion.stdout.head)).toBe('original\nx\n')
  })

  test('passes its own environment and the secrets asked for, nothing else of the worker', async () => {
    const completion = await runShell(fixture, treeKey, 'env', {
      attempt: 11,
      env: { TEST_SEED: '7', TERM: 'vt100' },
      secretEnv: ['ASKED_SECRET'],
    })
    const lines = textOf(completion.stdout.head).split('\n')
    expect(lines).toEqual(expect.arrayContaining(['TEST_SEED=7', 'ASKED_SECRET=shown', 'TERM=vt100']))
    expect(
      lines.filter((line) => /WORKER_SECRET|NODE_OPTIONS|VITEST|npm_package|OLDPWD|node_modules/.test(line)),
    ).toEqual([])
  })

  test('ends a daemon in its own session that holds the pipe open', async () => {
    const script = 'setsid sh -c "sleep 4242" & sleep 0.1; echo done'
    const completion = await runShell(fixture, treeKey, script, { attempt: 12 })
    expect(textOf(completion.stdout.head)).toBe('done\n')
    expect(completion.durationMs).toBeLessThan(10_000)
    expect(await processesWith('4242')).toEqual([])
  })

  test('is sent TERM at its time-out and KILL after the grace', async () => {
    const script = 'trap "echo caught" TERM; echo up; while :; do sleep 0.05; done'
    const completion = await runShell(fixture, treeKey, script, { attempt: 13, timeoutMs: 300, graceMs: 300 })
    expect(completion).toMatchObject({ timedOut: true, signal: 'SIGKILL', exitCode: null })
    expect(textOf(completion.stdout.head)).toMatch(/^up\n(caught\n)+$/)
  })

  test('survives the TERM and KILL that a test sends to its own group', async () => {
    const completion = await runShell(fixture, treeKey, 'kill -KILL 0', { attempt: 14 })
    expect(completion).toMatchObject({ signal: 'SIGKILL', timedOut: false })
  })

  test('keeps the beginning and the end of long output and marks the gap', async () => {
    const context = contextOf()
    const script = 'i=0; while [ $i -lt 5000 ]; do echo "line $i"; i=$((i+1)); done'
    const { stdout } = await fixture.executor.run(
      runRequest(fixture, treeKey, script, { attempt: 15, outputCapBytes: 2_001 }),
      context,
    )
    const all = Buffer.from(Array.from({ length: 5_000 }, (_, i) => `line ${i}\n`).join(''))
    expect(stdout.totalBytes).toBe(all.length)
    expect(textOf(stdout.head)).toBe(all.subarray(0, 1_001).toString())
    expect(textOf(stdout.tail)).toBe(all.subarray(-1_000).toString())
    expect(stdout.droppedBytes).toBe(all.length - 2_001)
    const handedOn = context.chunks.reduce((sum, { bytes }) => sum + bytes.length, 0)
    expect(handedOn).toBe(2_001)
    expect(context.chunks.at(-1)?.offset).toBe(all.length - 1_000)
  })

  test('collects reports that it wrote and follows no link out of its tree', async () => {
    const script =
      'mkdir -p out; echo "<x/>" > out/report.xml; ln -s /etc/passwd out/link.xml; ln -s /etc out/etc; touch out/other.txt'
    const completion = await runShell(fixture, treeKey, script, {
      attempt: 16,
      reports: ['out/**/*.xml', '**/passwd', 'folder/*'],
    })
    expect(completion.files.map(({ name, sizeBytes }) => ({ name, sizeBytes }))).toEqual([
      { name: 'out/report.xml', sizeBytes: 5 },
    ])
  })

  test('adopts what already ran under the same key and try', async () => {
    const request = runRequest(fixture, treeKey, 'echo $$-$(date +%N)', { attempt: 17 })
    const first = await fixture.executor.run(request, contextOf())
    const second = await fixture.executor.run(request, contextOf())
    expect(textOf(second.stdout.head)).toBe(textOf(first.stdout.head))
    expect(second.startedAt).toEqual(first.startedAt)
    await second.dispose()
    const third = await fixture.executor.run(request, contextOf())
    expect(textOf(third.stdout.head)).not.toBe(textOf(first.stdout.head))
  })

  test('whose result is stored is given back without having been awaited again', async () => {
    const request = runRequest(fixture, treeKey, 'echo $$-$(date +%N)', { attempt: 21 })
    const first = await fixture.executor.run(request, contextOf())
    await fixture.executor.forget(request, contextOf())
    await fixture.executor.forget(request, contextOf())
    const second = await fixture.executor.run(request, contextOf())
    expect(textOf(second.stdout.head)).not.toBe(textOf(first.stdout.head))
    await second.dispose()
  })

  test('that is aborted leaves no process and no workspace and throws the reason', async () => {
    const controller = new AbortController()
    const context = { ...contextOf(controller.signal), onStarted: async () => controller.abort(new Error('CANCELLED')) }
    const before = (await readdir(join(fixture.stateDir, 'runs'))).length
    const run = fixture.executor.run(runRequest(fixture, treeKey, 'exec sleep 4243', { attempt: 18 }), context)
    await expect(run).rejects.toThrow('CANCELLED')
    expect(await processesWith('4243')).toEqual([])
    expect((await readdir(join(fixture.stateDir, 'runs'))).length).toBe(before)
  })

  test.each(['NOT_FOUND', 'TIMED_OUT', 'WORKER_SHUTDOWN', 'PAUSED', 'RESET'])(
    'whose activity alone is over (%s) goes on, and the next attempt finds it',
    async (reason) => {
      const times = join(fixture.stateDir, `${reason}-times`)
      const go = join(fixture.stateDir, `${reason}-go`)
      const script = `echo ran >>${times}; until [ -e ${go} ]; do sleep 0.02; done; cat ${times}`
      const request = runRequest(fixture, treeKey, script, { attempt: 20 })
      const controller = new AbortController()
      const onStarted = async (): Promise<void> => {
        await until('the run has begun', () => existsSync(times))
        controller.abort(new Error(reason))
      }
      const given = fixture.executor.run(request, { ...contextOf(controller.signal), onStarted })
      await expect(given).rejects.toThrow(reason)
      const letGo = async (): Promise<void> => await writeFile(go, '')
      const completion = await fixture.executor.run(request, { ...contextOf(), onStarted: letGo })
      expect(textOf(completion.stdout.head)).toBe('ran\n')
      expect(completion.exitCode).toBe(0)
      await completion.dispose()
    },
  )

  test('names a secret that is not set', async () => {
    await expect(runShell(fixture, treeKey, 'true', { attempt: 19, secretEnv: ['NOT_SET'] })).rejects.toMatchObject({
      code: 'secret_not_set',
      detail: { field: 'NOT_SET' },
    })
  })
})
