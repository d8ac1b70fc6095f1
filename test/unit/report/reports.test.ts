import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ReportedCommit, suiteReportSchema } from '../../../src/contract/index.ts'
import { htmlPieces, REPORT_PAGE_POLICY } from '../../../src/report/html.ts'
import { jsonPieces } from '../../../src/report/json.ts'
import { junitPieces, junitXml } from '../../../src/report/junit.ts'
import { markdownPieces } from '../../../src/report/markdown.ts'
import { report, reportedCommit, reportedRun } from '../cli/fixture.ts'

// Reports in pieces, of texts that a repository chose.

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

async function* oneByOne(commits: ReportedCommit[]): AsyncGenerator<ReportedCommit> {
  yield* commits
}

const flaky = reportedCommit({
  subject: 'Fix <script>alert(1)</script> | `code` **bold** [link](https://evil.example) @everyone',
  results: Array.from({ length: 25 }, (_, attempt) => reportedRun(attempt, attempt === 0 ? 'passed' : 'failed')),
})
const { commits, ...head } = report({ commits: [flaky] })

test('the pieces of JSON are the report, of none or several commits', async () => {
  expect(JSON.parse(await whole(jsonPieces(head, oneByOne(commits))))).toEqual({ ...head, commits })
  const none = JSON.parse(await whole(jsonPieces(head, oneByOne([]))))
  expect(suiteReportSchema.parse(none).commits).toEqual([])
  expect(JSON.parse(await whole(jsonPieces(head, oneByOne([flaky, flaky])))).commits).toHaveLength(2)
})

test('the pieces of JUnit are the document that is written at once', async () => {
  expect(await whole(junitPieces(head, oneByOne(commits)))).toBe(junitXml({ ...head, commits }))
})

test('Markdown shows a table and names some of the failing runs', async () => {
  const text = await whole(markdownPieces(head, oneByOne(commits)))
  expect(text).toContain('| commit | subject | verdict |')
  expect(text).toContain('and 4 more')
  const cells = text.split('\n').find((line) => line.includes('**')) ?? ''
  expect(cells.split('|')).toHaveLength(8)
})

test('every form says after how many runs a commit stopped, and which failures enter its rate', async () => {
  const stopped = reportedCommit({
    ...{ runs: 1_009, passed: 1_002, failed: 3, timedOut: 1, crashed: 1, errors: 2, reason: 'below_max_flake_rate' },
    ...{ verdict: 'passing', stoppedEarly: true, evidence: 1_009, results: [] },
  })
  const markdown = await whole(markdownPieces(head, oneByOne([stopped])))
  expect(markdown).toContain('**passing**, stopped after 1,009, below&#95;max&#95;flake&#95;rate |')
  expect(markdown).toContain('| 5/1,007 (failed 3, timed out 1, crashed 1; 2 errors not counted) |')
  const html = await whole(htmlPieces(head, oneByOne([stopped])))
  expect(html).toContain('>passing, stopped after 1,009, below_max_flake_rate</td>')
  expect(html).toContain('>5/1,007 (failed 3, timed out 1, crashed 1; 2 errors not counted)</td>')
  const junit = junitXml({ ...head, commits: [stopped, flaky] })
  expect(junit.match(/<properties>[\s\S]*?<\/properties>/g)).toEqual([
    expect.stringMatching(/"verdict" value="passing".*\n.*"stoppedEarly" value="true".*\n.*"runs" value="1009"/),
  ])
  const json = JSON.parse(await whole(jsonPieces(head, oneByOne([stopped]))))
  expect(suiteReportSchema.parse(json).commits[0]).toMatchObject({ stoppedEarly: true, evidence: 1_009, timedOut: 1 })
})

test('failures of one kind and no error need no more words', async () => {
  const markdown = await whole(markdownPieces(head, oneByOne([flaky])))
  expect(markdown).toContain('| **flaky** | 1/4 |')
})

const hostile = fc
  .string({ unit: 'binary', maxLength: 80 })
  .map((text) => `${text}<img src=x onerror=y>|\n# head\n[a](b)`)

test('no subject breaks out of its cell in Markdown', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (subject) => {
      const text = await whole(markdownPieces(head, oneByOne([reportedCommit({ subject, results: [] })])))
      const lines = text.split('\n')
      expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(1)
      expect(text).not.toMatch(/<img|\]\(/)
      const row = lines.find((line) => line.startsWith('| `')) ?? ''
      expect(row.split('|')).toHaveLength(8)
    }),
  )
})

test('no text becomes markup in the page, and the page may load nothing', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (subject) => {
      const page = await whole(
        htmlPieces({ ...head, failure: subject }, oneByOne([reportedCommit({ subject, results: [] })])),
      )
      expect(page).not.toMatch(/<img|<script/i)
      expect(page.match(/<h1>/g)).toHaveLength(1)
    }),
  )
  expect(REPORT_PAGE_POLICY).toContain("default-src 'none'")
  expect(REPORT_PAGE_POLICY).not.toContain('unsafe')
})
