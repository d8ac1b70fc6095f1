import type { ReportedCommit, SuiteReport } from '../contract/index.ts'
import { htmlPieces } from './html.ts'
import { jsonPieces } from './json.ts'
import { junitPieces } from './junit.ts'
import { markdownPieces } from './markdown.ts'

/** Writes a report in pieces, from commits as they are read. */
export type Render = (
  head: Omit<SuiteReport, 'commits'>,
  commits: AsyncIterable<ReportedCommit>,
) => AsyncGenerator<string>

/** The forms of a report that are a document. */
export const DOCUMENTS = {
  junit: junitPieces,
  markdown: markdownPieces,
  json: jsonPieces,
  html: htmlPieces,
} as const satisfies Record<string, Render>
export type DocumentFormat = keyof typeof DOCUMENTS

export const isDocumentFormat = (name: string): name is DocumentFormat => Object.hasOwn(DOCUMENTS, name)

/** The pieces of a report that is in memory as a whole. */
export function documentPieces(format: DocumentFormat, { commits, ...head }: SuiteReport): AsyncGenerator<string> {
  return DOCUMENTS[format](head, oneByOne(commits))
}

async function* oneByOne(commits: readonly ReportedCommit[]): AsyncGenerator<ReportedCommit> {
  yield* commits
}
