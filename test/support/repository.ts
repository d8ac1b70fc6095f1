import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { makeOrderDependentRepository } from '../fixtures/order-dependent-repository.ts'
import { makePlantedRepository } from '../fixtures/planted-repository.ts'
import { makeReportedRepository } from '../fixtures/reported-repository.ts'

export interface TestRepository {
  path: string
  /** Oldest first. */
  shas: string[]
  remove(): Promise<void>
}

const git = (cwd: string, ...args: string[]) =>
  execa('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgSign=false', ...args], {
    cwd,
  })

const folder = () => mkdtemp(join(tmpdir(), 'cs-repo-'))
const remover = (path: string) => () => rm(path, { recursive: true, force: true })

/** The shipped example: four commits, a flake planted by the second, a test broken by the fourth. */
export async function plantedRepository(): Promise<TestRepository> {
  const path = await folder()
  const { shas } = await makePlantedRepository(join(path, 'repo'))
  return { path: join(path, 'repo'), shas, remove: remover(path) }
}

/** A pytest project that leaves reports, with a flake and a crash. */
export async function reportedRepository(): Promise<TestRepository> {
  const path = await folder()
  const { shas } = await makeReportedRepository(join(path, 'repo'))
  return { path: join(path, 'repo'), shas, remove: remover(path) }
}

/** A pytest project whose tests depend on their order. */
export async function orderDependentRepository(): Promise<TestRepository> {
  const path = await folder()
  const { shas } = await makeOrderDependentRepository(join(path, 'repo'))
  return { path: join(path, 'repo'), shas, remove: remover(path) }
}

/** A repository with as many commits as asked, each holding only its own number in the file `number`. */
export async function plainRepository(commits = 1): Promise<TestRepository> {
  const path = await folder()
  await git(path, 'init', '--quiet', '--initial-branch=main')
  const shas: string[] = []
  for (let number = 0; number < commits; number++) {
    await writeFile(join(path, 'number'), `${number}\n`)
    await git(path, 'add', '.')
    await git(path, 'commit', '--quiet', '--message', `commit ${number}`)
    shas.push((await git(path, 'rev-parse', 'HEAD')).stdout)
  }
  return { path, shas, remove: remover(path) }
}
