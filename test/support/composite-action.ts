import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { parse } from 'yaml'
import { z } from 'zod'

const stepSchema = z.object({
  id: z.string().optional(),
  uses: z.string().optional(),
  shell: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string().optional(),
})
export const actionSchema = z.object({
  inputs: z.record(z.string(), z.strictObject({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.object({ using: z.literal('composite'), steps: z.array(stepSchema) }),
})
export type CompositeAction = z.output<typeof actionSchema>

export const readAction = async (): Promise<CompositeAction> =>
  actionSchema.parse(parse(await readFile('action.yml', 'utf8')))

export interface PerformedAction {
  exitCode: number
  stdout: string
  stderr: string
  outputs: Record<string, string>
  summary: string
}

interface Place {
  inputs: Record<string, string>
  env: Record<string, string>
  cwd: string
  /** Where the action lies; here unless it is given. */
  actionPath?: string
}

/** Does what the runner does with the steps of the action that are scripts: expressions become text, then bash runs. */
export async function performAction({ inputs, env, cwd, actionPath = process.cwd() }: Place): Promise<PerformedAction> {
  const action = await readAction()
  const folder = await mkdtemp(join(tmpdir(), 'action-'))
  const known = new Map<string, string>([['github.action_path', actionPath]])
  for (const [name, input] of Object.entries(action.inputs)) known.set(`inputs.${name}`, inputs[name] ?? input.default)
  const filled = (text: string) => text.replace(/\$\{\{ *([\w.-]+) *\}\}/g, (_, name: string) => known.get(name) ?? '')
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') }
  const done = { exitCode: 0, stdout: '', stderr: '' }
  try {
    for (const { id = '', run, env: given = {} } of action.runs.steps) {
      if (run === undefined) continue
      await Promise.all(Object.values(files).map((path) => writeFile(path, '')))
      const script = join(folder, 'step.sh')
      await writeFile(script, filled(run))
      const own = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, filled(value)]))
      const runner = { GITHUB_ACTIONS: 'true', RUNNER_TEMP: folder, ...files }
      const argv = ['--noprofile', '--norc', '-eo', 'pipefail', script]
      const ended = await execa('bash', argv, { cwd, reject: false, env: { ...env, ...runner, ...own } })
      done.stdout += ended.stdout
      done.stderr += ended.stderr
      for (const line of (await readFile(files.GITHUB_OUTPUT, 'utf8')).split('\n')) {
        const [name = '', value] = line.split('=', 2)
        if (value !== undefined) known.set(`steps.${id}.outputs.${name}`, value)
      }
      done.exitCode = ended.exitCode ?? -1
      if (done.exitCode !== 0) break
    }
    const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, filled(value)])
    return { ...done, outputs: Object.fromEntries(outputs), summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8') }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
