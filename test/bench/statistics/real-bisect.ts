import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { CHECK_COMMAND } from '../../support/graded-repository.ts'
import type { TestRepository } from '../../support/repository.ts'
import type { Reruns } from './bisection.ts'

/** Runs the check so many times, each with a seed of its own, and fails from so many failures on. */
const script = (seedFile: string, { times, badFrom }: Reruns) => `failed=0
for run in $(seq ${times}); do
  TEST_SEED=$(($(cat '${seedFile}') + 1))
  export TEST_SEED
  echo "$TEST_SEED" > '${seedFile}'
  ${CHECK_COMMAND} || failed=$((failed + 1))
done
test "$failed" -lt ${badFrom}
`

/** What `git bisect run` blames, the newest commit called bad and the oldest good. */
export async function bisectByGit({ path, shas }: TestRepository, folder: string, reruns: Reruns) {
  const git = (...args: string[]) => execa('git', args, { cwd: path })
  const [seedFile, scriptFile] = [join(folder, 'seed'), join(folder, 'bisect.sh')]
  await writeFile(seedFile, '0\n')
  await writeFile(scriptFile, script(seedFile, reruns))
  await git('bisect', 'start', shas.at(-1) ?? '', shas[0] ?? '')
  await git('bisect', 'run', 'sh', scriptFile)
  const { stdout: blamed } = await git('rev-parse', 'refs/bisect/bad')
  await git('bisect', 'reset')
  return { position: shas.indexOf(blamed), runs: Number(await readFile(seedFile, 'utf8')) }
}
