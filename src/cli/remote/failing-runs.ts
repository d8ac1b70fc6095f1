import type { Client } from '../../client/client.ts'
import type { FailingRun } from '../site/site.ts'

/** By commit, then outcome; only commits that have some are asked for. */
export async function* failingRuns(client: Client, suite: string): AsyncGenerator<FailingRun> {
  const { commits } = await client.getSuite({ params: { suite } })
  for (const { sha, failed, timedOut, crashed } of commits) {
    if (failed > 0) yield* runsOf(client, suite, sha, 'failed')
    if (timedOut > 0) yield* runsOf(client, suite, sha, 'timed_out')
    if (crashed > 0) yield* runsOf(client, suite, sha, 'crashed')
  }
}

async function* runsOf(
  client: Client,
  suite: string,
  commit: string,
  outcome: 'failed' | 'timed_out' | 'crashed',
): AsyncGenerator<FailingRun> {
  let cursor: string | undefined
  do {
    const { runs, next } = await client.listRuns({ params: { suite }, query: { commit, outcome, cursor } })
    yield* runs
    cursor = next ?? undefined
  } while (cursor !== undefined)
}
