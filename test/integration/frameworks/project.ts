import { execFile, execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from '../../../src/contract/index.ts'

/** Compiling Go's standard library anew takes half a minute; its build cache may be shared. */
const GOCACHE = process.env.GOCACHE ?? execFileSync('go', ['env', 'GOCACHE'], { encoding: 'utf8' }).trim()

export interface Ended {
  exitCode: number
  output: string
}

/** A project in a fresh folder with a private HOME, as an executor would lay them out. */
export interface Project {
  tree: string
  home: string
  run(command: Command, env?: Record<string, string>): Promise<Ended>
  remove(): Promise<void>
}

export async function makeProject(source?: string, programs?: string): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'frameworks-'))
  const [tree, home] = [join(root, 'tree'), join(root, 'home')]
  await mkdir(home)
  if (source === undefined) await mkdir(tree)
  else await cp(source, tree, { recursive: true })
  const path = [join(home, '.local/bin'), programs, process.env.PATH].filter((part) => part !== undefined).join(':')
  return {
    tree,
    home,
    run: (command, env = {}) => execute(command, tree, { ...process.env, GOCACHE, HOME: home, PATH: path, ...env }),
    async remove() {
      // Go makes its module cache read-only.
      await execute({ argv: ['chmod', '-R', 'u+w', root] }, tmpdir(), process.env)
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Runs the set-up, which must succeed. */
export async function setUp(project: Project, setup: readonly Command[]): Promise<void> {
  for (const command of setup) {
    const { exitCode, output } = await project.run(command)
    if (exitCode !== 0) throw new Error(`set-up ${JSON.stringify(command)} ended with ${exitCode}: ${output}`)
  }
}

function execute(command: Command, cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const [program = '', ...args] = 'shell' in command ? ['sh', '-c', command.shell] : command.argv
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      resolve({ exitCode: typeof code === 'number' ? code : 127, output: `${stdout}${stderr}` })
    })
  })
}
