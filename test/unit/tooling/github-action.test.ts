import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { performAction, readAction } from '../../support/composite-action.ts'

// The GitHub Action and the example workflows, read as the runner reads them.

const workflowSchema = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      steps: z.array(
        z.object({
          uses: z.string().optional(),
          run: z.string().optional(),
          with: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  ),
})
const examples = (await readdir('examples')).filter((name) => name.startsWith('github-workflow-'))
const workflow = async (name: string) => workflowSchema.parse(parse(await readFile(join('examples', name), 'utf8')))

test('no input becomes part of a script: steps take them from the environment', async () => {
  const { inputs, runs } = await readAction()
  const scripts = runs.steps.flatMap(({ run }) => run ?? [])
  expect(scripts).toHaveLength(2)
  for (const script of scripts) expect(script).not.toContain('${{')
  const used = runs.steps.flatMap(({ env = {} }) => Object.values(env))
  for (const name of Object.keys(inputs)) expect(used).toContain(`\${{ inputs.${name} }}`)
})

test.each(examples)('%s asks for what the action has, and for no right to write', async (name) => {
  const { inputs } = await readAction()
  const { permissions, jobs } = await workflow(name)
  expect(permissions).toEqual({ contents: 'read' })
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  const ours = steps.filter(({ uses }) => uses?.includes('commit-suite') === true)
  expect(ours).toHaveLength(1)
  for (const { with: given = {} } of ours)
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)))
  for (const { run = '' } of steps) expect(run).not.toContain('${{')
})

test('one example starts when CI has failed', async () => {
  expect((await workflow('github-workflow-on-failure.yml')).on).toMatchObject({
    workflow_run: { workflows: ['CI'], types: ['completed'] },
  })
  expect(examples.length).toBeGreaterThan(1)
})

/** An action whose command prints what it was called with, and whose installer does nothing. */
async function printingAction() {
  const actionPath = await mkdtemp(join(tmpdir(), 'action-'))
  onTestFinished(() => rm(actionPath, { recursive: true, force: true }))
  await mkdir(join(actionPath, 'bin'))
  await writeFile(join(actionPath, 'bin', 'commit-suite.js'), 'console.log(JSON.stringify(process.argv.slice(2)))')
  await writeFile(join(actionPath, 'bin', 'npm'), '#!/bin/sh\n')
  await chmod(join(actionPath, 'bin', 'npm'), 0o755)
  const place = { cwd: actionPath, actionPath, env: { PATH: `${join(actionPath, 'bin')}:${process.env.PATH}` } }
  return { actionPath, perform: (inputs: Record<string, string>) => performAction({ inputs, ...place }) }
}

test('hostile inputs reach the command as they are, and no shell reads them', async () => {
  const { actionPath, perform } = await printingAction()
  const mark = join(actionPath, 'injected')
  const hostile = `"; touch ${mark}; $(touch ${mark}) \`touch ${mark}\` --help *`
  const names = ['repo', 'command', 'commits', 'runs', 'until', 'max-flake-rate']
  const inputs = Object.fromEntries(names.map((name) => [name, `${name} ${hostile}`]))
  const { exitCode, stdout } = await perform({ ...inputs, args: `--label=a b\n\n${hostile}\n` })
  const options = names.map((name) => `--${name}=${name} ${hostile}`)
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, ['run', '--github', ...options, '--label=a b', hostile]])
  const version = await perform({ version: `1.0.0${hostile}` })
  expect([version.exitCode, version.stdout]).toEqual([
    2,
    '::error title=Commit Suite::version: must be a version such as 1.2.3',
  ])
  expect(existsSync(mark)).toBe(false)
})

test('without inputs the defaults of the command hold', async () => {
  const { perform } = await printingAction()
  expect(JSON.parse((await perform({})).stdout)).toEqual(['run', '--github', '--repo=.'])
})
