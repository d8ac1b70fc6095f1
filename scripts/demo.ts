import { rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { makePlantedRepository } from '../test/fixtures/planted-repository.ts'

/** In the clone, so that nothing outside of it changes and everything can be looked at afterwards. */
const FOLDER = resolve('.cache', 'demo')
const COMMITS = 'HEAD~3,HEAD~2,HEAD~1,HEAD'
const COMMAND = 'python3 -m unittest'
const RUNS = 20
const SEED = 7

const reportSchema = z.object({
  commits: z.array(
    z.object({
      subject: z.string(),
      verdict: z.string(),
      results: z.array(z.object({ outcome: z.string(), seed: z.int(), replay: z.string() })).default([]),
    }),
  ),
})
type Report = z.infer<typeof reportSchema>

const home = process.env.COMMIT_SUITE_HOME ?? join(FOLDER, 'state')
const repository = join(FOLDER, 'repository')
const id = `demo-${Date.now().toString(36)}`

const commitSuite = (...args: string[]) => ['bin/commit-suite.js', ...args]
const options = { preferLocal: true, reject: false, env: { COMMIT_SUITE_HOME: home } } as const

/** A failing run of a flaky commit where there is one: that is what people want to replay. */
function failingRun(report: Report): { subject: string; seed: number; replay: string } | undefined {
  const flakyFirst = report.commits.toSorted((a, b) => Number(b.verdict === 'flaky') - Number(a.verdict === 'flaky'))
  for (const { subject, results } of flakyFirst) {
    const failed = results.find((result) => result.outcome === 'failed')
    if (failed !== undefined) return { subject, ...failed }
  }
  return undefined
}

async function run(): Promise<number | undefined> {
  const asked = ['run', '--repo', repository, '--commits', COMMITS, '--runs', String(RUNS), '--seed', String(SEED)]
  console.log(
    `$ npx commit-suite ${asked.join(' ').replace(repository, relative('.', repository))} --command "${COMMAND}"\n`,
  )
  const { exitCode } = await execa('node', commitSuite(...asked, '--command', COMMAND, '--no-setup', '--id', id), {
    ...options,
    stdio: 'inherit',
  })
  return exitCode
}

async function whereToLook(): Promise<void> {
  const { stdout } = await execa('node', commitSuite('show', id, '--results', '--json'), {
    ...options,
    stderr: 'inherit',
  })
  const failed = failingRun(reportSchema.parse(JSON.parse(stdout)))
  const inClone = relative('.', home)
  const prefix = `COMMIT_SUITE_HOME=${inClone.startsWith('..') ? home : `"$PWD/${inClone}"`} npx`
  console.log(`\nTemporal Web UI: ${prefix} commit-suite serve`)
  console.log(`  prints its address; the workflow is suite/${id}`)
  if (failed === undefined) throw new Error('no run failed, though a flake and a broken test are planted')
  console.log(`Replay of a failing run (“${failed.subject}”, seed ${failed.seed}):\n  ${prefix} ${failed.replay}`)
}

await rm(repository, { recursive: true, force: true })
const { shas } = await makePlantedRepository(repository)
console.log(
  `Made ${relative('.', repository)} with ${shas.length} commits: good, a planted flake, unrelated, broken for good.`,
)
await execa('node', ['src/temporal/install-server.ts'], { preferLocal: true, stdio: ['ignore', 'ignore', 'inherit'] })

// Some commits are flaky and failing, so the command says 1: exactly that is to be shown.
const exitCode = await run()
if (exitCode === 1) await whereToLook()
else {
  console.error(`expected exit code 1 (a commit is flaky or failing), got ${exitCode ?? 'a signal'}`)
  process.exitCode = 1
}
