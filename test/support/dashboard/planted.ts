import { z } from 'zod'
import type { Home } from '../home.ts'
import { recordIsolation } from '../recorded-isolation.ts'
import { until } from '../until.ts'
import { HOSTILE } from './hostile.ts'
import type { DashboardStack } from './stack.ts'

/** On record from the beginning, for tests that only look. */
export const PLANTED = {
  /** Ended; six runs of both commits, of which every third failed, with hostile words everywhere. */
  suite: 'hostile',
  /** Ended with the second commit as the culprit. */
  search: 'c-planted',
  /** Ended with one polluter. */
  isolation: 'i-planted',
  /** Has fired once, over both commits. */
  sweep: 'nightly',
  /** Of the suite: flaky at both commits. */
  test: `hostile::${HOSTILE.script}`,
} as const

/** Arguments of `run` over both commits: runs that wait for their gates, or that leave hostile words. */
export function suiteArguments(
  { repo, gates }: Pick<DashboardStack, 'repo' | 'gates'>,
  id: string,
  runs: number,
  script: 'wait' | 'test',
): string[] {
  const where = ['--repo', repo, '--commits', 'HEAD~1,HEAD', '--no-setup', '--reports', 'r.xml']
  const env = ['--env', `SUITE=${id}`, '--env', `GATES=${gates}`]
  return ['run', ...where, ...env, '--id', id, '--runs', String(runs), '--command', `sh ${script}.sh`]
}

const sweepSchema = z.object({ firings: z.array(z.object({ status: z.string() })) })

/** Makes real runs, and waits for them; the isolation is only put on record. */
export async function plant(home: Home, where: Pick<DashboardStack, 'repo' | 'gates'>): Promise<void> {
  const of = ['--repo', where.repo, '--no-setup', '--command']
  const store = await home.store()
  await Promise.all([
    succeed(home, 1, suiteArguments(where, PLANTED.suite, 6, 'test')),
    succeed(home, 0, ['bisect', ...of, 'test "$(cat number)" = 0', '--id', PLANTED.search]),
    succeed(home, 0, [
      'sweep',
      'create',
      ...of,
      'sh test.sh',
      '--name',
      PLANTED.sweep,
      '--cron',
      '@daily',
      '--runs',
      '3',
    ]),
    recordIsolation(store, { id: PLANTED.isolation }),
  ])
  await store.close()
  await succeed(home, 0, ['sweep', 'trigger', PLANTED.sweep])
  await until('the sweep has fired', async () => {
    const { firings } = sweepSchema.parse(JSON.parse((await home.cli('sweep', 'show', PLANTED.sweep, '--json')).stdout))
    return firings.some(({ status }) => status === 'completed')
  })
}

async function succeed(home: Home, expected: number, command: string[]): Promise<void> {
  const { exitCode, stderr } = await home.cli(...command)
  if (exitCode !== expected) throw new Error(`commit-suite ${command[0]} ended with ${exitCode}: ${stderr}`)
}
