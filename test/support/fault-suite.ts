import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../src/store/store.ts'
import { Home } from './home.ts'
import { plainRepository, type TestRepository } from './repository.ts'
import { until } from './until.ts'

/** What a fault test works with: a home, a repository, and a folder in which each execution leaves a mark. */
export class FaultBench {
  readonly home: Home
  readonly repo: TestRepository
  readonly store: Store
  readonly marks: string

  constructor(home: Home, repo: TestRepository, store: Store, marks: string) {
    this.home = home
    this.repo = repo
    this.store = store
    this.marks = marks
  }

  static async make(env: Record<string, string> = {}, commits = 2): Promise<FaultBench> {
    const [home, repo, marks] = await Promise.all([
      Home.make(env),
      plainRepository(commits),
      mkdtemp(join(tmpdir(), 'cs-marks-')),
    ])
    return new FaultBench(home, repo, await home.store(), marks)
  }

  /** Arguments of `run` for a suite over all commits whose runs leave a mark and then do `work`. */
  suite(id: string, runs: number, work: string): string[] {
    const commits = this.repo.shas.map((_, index) => `HEAD~${this.repo.shas.length - 1 - index}`).join(',')
    const command = `echo x >> "$MARKS/$(cat number).$ATTEMPT"; ${work}`
    const where = ['--repo', this.repo.path, '--commits', commits, '--no-setup', '--env', `MARKS=${this.marks}`]
    return ['run', ...where, '--command', command, '--runs', String(runs), '--id', id]
  }

  /** How often each run was executed, by commit number and attempt. */
  async executions(): Promise<Map<string, number>> {
    const names = await readdir(this.marks)
    const counts = await Promise.all(
      names.map(async (name): Promise<[string, number]> => {
        const text = await readFile(join(this.marks, name), 'utf8')
        return [name, text.split('\n').length - 1]
      }),
    )
    return new Map(counts)
  }

  async finished(suite: string): Promise<number> {
    const tallies = await this.store.results.tallies(suite)
    return [...tallies.values()].flatMap((tally) => Object.values(tally)).reduce((sum, n) => sum + n, 0)
  }

  async untilFinished(suite: string, runs: number): Promise<void> {
    await until(`${runs} runs of ${suite} are on record`, async () => (await this.finished(suite)) >= runs)
  }

  async dispose(): Promise<void> {
    await this.store.close()
    await this.home.dispose()
    await this.repo.remove()
    await rm(this.marks, { recursive: true, force: true })
  }
}
