import type { ReportedCommit, SuiteReport } from '../contract/index.ts'

/** The document of `show --results --json` in pieces, one per commit. */
export async function* jsonPieces(
  head: Omit<SuiteReport, 'commits'>,
  commits: AsyncIterable<ReportedCommit>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"commits":[`
  let separator = '\n'
  for await (const commit of commits) {
    yield separator + JSON.stringify(commit)
    separator = ',\n'
  }
  yield '\n]}\n'
}
