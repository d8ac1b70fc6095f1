import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runCommandLine } from '../../../src/cli/program.ts'
import { suiteReportSchema } from '../../../src/contract/index.ts'
import { endSuite, realStore, recordSuite, SHA, testCli } from './fixture.ts'

// Reports of suites on record, and what a job of GitHub Actions gets of them.

let real: Awaited<ReturnType<typeof realStore>>
beforeEach(async () => {
  real = await realStore()
  await recordSuite(real.store, ['passed', 'failed'], { id: 's-told' }, '::error::<b>no</b> ##[set-output name=suite]x')
  await endSuite(real.store, 's-told', 'completed')
})
afterEach(() => real.close())

const report = async (...args: string[]) => {
  const { context } = testCli(real.services)
  expect(await runCommandLine(context, ['report', 's-told', ...args])).toBe(0)
  return context.stdout.text()
}

test('report writes every form, on stdout or into a file', async () => {
  expect(await report()).toContain('| commit | subject | verdict |')
  expect(await report('--format', 'junit')).toContain('<testsuites name="s-told"')
  expect(suiteReportSchema.parse(JSON.parse(await report('--format', 'json'))).commits[0]?.results).toHaveLength(2)
  const file = join(real.folder, 'deep', 'report.html')
  expect(await report('--format', 'html', '--output', file)).toBe('')
  const page = await readFile(file, 'utf8')
  expect(page).toContain('::error::&lt;b&gt;no&lt;/b&gt;')
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/)
})

test('a form that is none, and annotations in a file, are refused', async () => {
  for (const [args, message] of [
    [['--format', 'pdf'], '--format: "pdf" – must be one of junit, markdown, json, html, github.'],
    [['--format', 'github', '--output', 'x'], '--output: "x" – annotations work only in the log of a job.'],
  ] as const) {
    const { context } = testCli(real.services)
    expect(await runCommandLine(context, ['report', 's-told', ...args])).toBe(2)
    expect(context.stderr.text()).toContain(message)
  }
})

test('a job gets annotations, a summary after what is there, and outputs', async () => {
  const [summary, output] = [join(real.folder, 'summary.md'), join(real.folder, 'output')]
  await writeFile(summary, 'before\n')
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output }
  const { context } = testCli(real.services, env)
  expect(await runCommandLine(context, ['report', 's-told', '--format', 'github'])).toBe(0)
  expect(context.stdout.text()).toMatch(
    /^::warning title=0123456789ab %3A%3Aerror%3A%3A<b>no.*%3A flaky::1 of 2 runs failed/,
  )
  expect(await readFile(summary, 'utf8')).toMatch(/^before\n# s-told: completed\n/)
  expect(await readFile(output, 'utf8')).toBe('suite=s-told\nverdict=flaky\n')
})

test('a full summary is left as it is, and one that cannot be written costs a warning', async () => {
  const summary = join(real.folder, 'summary.md')
  await writeFile(summary, 'x'.repeat(1024 * 1024))
  const { context } = testCli(real.services, { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: real.folder })
  expect(await runCommandLine(context, ['report', 's-told', '--format', 'github'])).toBe(0)
  expect((await readFile(summary)).byteLength).toBe(1024 * 1024)
  expect(context.stderr.text()).toContain(`warning: ${real.folder} could not be written`)
})

test.each(['junit', 'json', 'html', 'markdown'])(
  'a report as %s in the log of a job holds no command',
  async (format) => {
    const { context } = testCli(real.services, { GITHUB_ACTIONS: 'true' })
    expect(await runCommandLine(context, ['report', 's-told', '--format', format])).toBe(0)
    const text = context.stdout.text()
    expect(text).toMatch(/set.{1,5}output/)
    expect(text).not.toMatch(/##\[|^\s*::/m)
    if (format === 'json') expect(JSON.parse(text).commits[0].subject).toContain('##[set-output')
  },
)

test('names and output of tests are no commands to the job that shows them', async () => {
  const key = { suite: 's-told', sha: SHA, attempt: 1, generation: 0, try: 1, stream: 'stdout' } as const
  const head = new TextEncoder().encode('::set-env name=A::b')
  await real.store.logs.compact(key, { head, droppedBytes: 0, tail: new Uint8Array() })
  const { context } = testCli(real.services, { GITHUB_ACTIONS: 'true' })
  expect(await runCommandLine(context, ['logs', 's-told'])).toBe(0)
  const [, token = '', printed] =
    /^::stop-commands::([0-9a-f-]{36})\n(.*)\n::\1::\n$/s.exec(context.stdout.text()) ?? []
  expect(token).not.toBe('')
  expect(printed).toBe('::set-env name=A::b')
  expect(await runCommandLine(context, ['show', 's-told', '--json'])).toBe(0)
  expect(context.stdout.text()).toContain('::error::<b>no</b> #\\u0023[set-output')
})
