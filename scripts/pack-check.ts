import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'

const packedSchema = z.array(
  z.object({ filename: z.string(), version: z.string(), files: z.array(z.object({ path: z.string() })) }),
)
const NEEDED = [
  /^LICENSE$/,
  /^README\.md$/,
  /^CHANGELOG\.md$/,
  /^bin\/commit-suite\.js$/,
  /^dist\/src\/cli\/main\.js$/,
  /^dist\/workflows\/.+\.js$/,
  /^templates\/generic\/template\.yaml$/,
]
const UNWANTED = /^(src|test|scripts|\.ci|\.github|node_modules|coverage)\/|\.ts$/

/** What is wrong with the list of files in the package. */
function listProblems(files: readonly string[]): string[] {
  const absent = NEEDED.filter((pattern) => !files.some((file) => pattern.test(file)))
  const unwanted = files.filter((file) => UNWANTED.test(file))
  return [...absent.map((pattern) => `no file matches ${pattern}`), ...unwanted.map((file) => `${file} is in it`)]
}

/** Installs the package where there is nothing of ours, and asks the command there for its version and its help. */
async function installedProblems(tarball: string, version: string, folder: string): Promise<string[]> {
  await writeFile(join(folder, 'package.json'), '{"private": true}\n')
  // What npm tells the scripts of this package must not steer the npm of that folder.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
  const there = { cwd: folder, env, extendEnv: false, reject: false } as const
  await execa('npm', ['install', '--no-fund', '--no-audit', '--loglevel=error', tarball], {
    ...there,
    reject: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const asked = await execa('npx', ['--no', 'commit-suite', '--version'], there)
  const help = await execa('npx', ['--no', 'commit-suite', '--help'], there)
  const found: string[] = []
  if (asked.stdout?.trim() !== version) found.push(`--version: exit ${asked.exitCode}, ${asked.stdout}${asked.stderr}`)
  if (help.exitCode !== 0 || !`${help.stdout}${help.stderr}`.includes('run')) {
    found.push(`--help: exit ${help.exitCode}, ${help.stderr}`)
  }
  return found
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
  const installed = await installedProblems(join(folder, packed.filename), packed.version, folder)
  for (const problem of [...found, ...installed]) console.error(problem)
  console.log(`${packed.filename}: ${packed.files.length} files, ${found.length + installed.length} problems`)
  process.exitCode = found.length + installed.length > 0 ? 1 : 0
} finally {
  await rm(folder, { recursive: true, force: true })
}
