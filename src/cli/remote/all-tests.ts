import type { Client } from '../../client/client.ts'
import type { ReportedCommit, ReportedTest } from '../../contract/index.ts'

/** The commits of a suite with all of their tests: a suite's document lists so many of them only. */
export async function withAllTests(
  client: Client,
  suite: string,
  commits: readonly ReportedCommit[],
): Promise<ReportedCommit[]> {
  const whole: ReportedCommit[] = []
  for (const commit of commits) {
    const { sha, tests, testCount = 0 } = commit
    const isCut = tests !== undefined && tests.length < testCount
    whole.push(isCut ? { ...commit, tests: await allTests(client, suite, sha) } : commit)
  }
  return whole
}

async function allTests(client: Client, suite: string, commit: string): Promise<ReportedTest[]> {
  const tests: ReportedTest[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await client.listTests({
      params: { suite },
      query: { commit, ...(cursor === undefined ? {} : { cursor }) },
    })
    tests.push(...page.tests.map(({ sha: _, ...test }) => test))
    if (page.next === null) return tests
    cursor = page.next
  }
}
