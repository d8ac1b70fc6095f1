import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { z } from 'zod'
import { makePlantedRepository } from '../test/fixtures/planted-repository.ts'
import { sbomProblems } from './sbom-problems.ts'

const packedSchema = z.array(
  z.object({ filename: z.string(), version: z.string(), files: z.array(z.object({ path: z.string() })) }),
)
const NEEDED = [
  /^LICENSE$/,
  /^README\.md$/,
  /^CHANGELOG\.md$/,
  /^bin\/commit-suite\.js$/,
  /^dist\/src\/cli\/main\.js$/,
  /^dist\/workflow-bundle\.js$/,
  /^dist\/workflow-bundle-encoding-failures\.js$/,
  /^dist\/workflows\/encoded-failures\.js$/,
  /^dist\/sbom\.cdx\.json$/,
  /^dist\/dashboard\/index\.html$/,
  /^dist\/dashboard\/assets\/index-[\w-]+\.js$/,
  /^templates\/generic\/template\.yaml$/,
]
const UNWANTED = /^(src|test|scripts|\.ci|\.github|node_modules|coverage)\/|\.ts$/

/** What is wrong with the list of files in the package. */
function listProblems(files: readonly string[]): string[] {
  const absent = NEEDED.filter((pattern) => !files.some((file) => pattern.test(file)))
  const unwanted = files.filter((file) => UNWANTED.test(file))
  return [...absent.map((pattern) => `no file matches ${pattern}`), ...unwanted.map((file) => `${file} is in it`)]
}

type Command = (...args: string[]) => Promise<{ exitCode?: number; stdout: string; stderr: string }>

/** Installs the package in a folder where there is nothing of ours; returns how to call its command there. */
async function install(tarball: string, folder: string): Promise<Command> {
  await writeFile(join(folder, 'package.json'), '{"private": true}\n')
  // What npm tells the scripts of this package must not steer the npm of that folder.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'))
  const env = {
    ...Object.fromEntries(inherited),
    COMMIT_SUITE_HOME: join(folder, 'state'),
    COMMIT_SUITE_LINGER_MS: '0',
  }
  const there = { cwd: folder, env, extendEnv: false } as const
  const options = ['--no-fund', '--no-audit', '--loglevel=error']
  await execa('npm', ['install', ...options, tarball], { ...there, stdio: ['ignore', 'inherit', 'inherit'] })
  return (...args) =>
    execa('npx', ['--no', '--', 'commit-suite', ...args], { ...there, reject: false, stdin: 'ignore' })
}

/** Asks the installed command for its version and help, and has it test a commit through worker, runner and server. */
async function commandProblems(commitSuite: Command, version: string, folder: string): Promise<string[]> {
  const found: string[] = []
  const expectOf = (what: string, ok: boolean, got: Awaited<ReturnType<Command>>) => {
    if (!ok) found.push(`${what}: exit ${got.exitCode ?? 'by a signal'}\n${got.stdout}${got.stderr}`)
  }
  const asked = await commitSuite('--version')
  expectOf('--version', asked.stdout.trim() === version, asked)
  const help = await commitSuite('--help')
  expectOf('--help', help.exitCode === 0 && `${help.stdout}${help.stderr}`.includes('replay'), help)
  const repository = join(folder, 'repository')
  await mkdir(repository)
  await makePlantedRepository(repository)
  const line = ['--commits', 'HEAD~3,HEAD', '--runs', '2', '--no-setup', '--command', 'python3 -m unittest', '--json']
  const suite = await commitSuite('run', '--repo', repository, ...line)
  expectOf('run', suite.exitCode === 1 && /"passing".*"failing"/s.test(suite.stdout), suite)
  return found
}

const LONGEST_LINGER_MS = 30_000

/** Waits until no process has the folder in its environment; says which ones stay (Linux only). */
async function leftProcesses(folder: string): Promise<string[]> {
  const deadline = Date.now() + LONGEST_LINGER_MS
  for (;;) {
    const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
    const environments = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')),
    )
    const left = pids.filter((_, index) => environments[index]?.includes(folder))
    if (left.length === 0 || Date.now() > deadline) return left.map((pid) => `process ${pid} is left running`)
    await sleep(100)
  }
}

/** `npm pack`, then the package installed elsewhere: what users get, compiled, without our sources or dev dependencies. */
const folder = await mkdtemp(join(tmpdir(), 'commit-suite-pack-'))
try {
  // npm prints what `prepack` says on stdout, before its own answer.
  await execa('node', ['scripts/build.ts'], { preferLocal: true, stdio: 'inherit' })
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await execa('npm', args, { stderr: 'inherit' })
  const [packed] = packedSchema.parse(JSON.parse(stdout))
  if (packed === undefined) throw new Error('npm pack made nothing')
  const found = listProblems(packed.files.map((file) => file.path))
  const commitSuite = await install(join(folder, packed.filename), folder)
  found.push(...(await sbomProblems(await readFile('dist/sbom.cdx.json', 'utf8'), folder)))
  found.push(...(await commandProblems(commitSuite, packed.version, folder)))
  found.push(...(await leftProcesses(folder)))
  for (const problem of found) console.error(problem)
  console.log(`${packed.filename}: ${packed.files.length} files, ${found.length} problems`)
  process.exitCode = found.length > 0 ? 1 : 0
} finally {
  await rm(folder, { recursive: true, force: true })
}
