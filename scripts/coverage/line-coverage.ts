import { z } from 'zod'

const fileSchema = z.object({
  path: z.string(),
  statementMap: z.record(z.string(), z.object({ start: z.object({ line: z.int(), column: z.int() }) })),
  s: z.record(z.string(), z.int()),
})
/** Istanbul's coverage-final.json: statements with their places, and how often each ran in the test processes. */
export const inProcessSchema = z.record(z.string(), fileSchema)
type FileCoverage = z.infer<typeof fileSchema>

export interface Statement {
  /** From 1. */
  line: number
  /** In UTF-16 units from the start of the file, as V8 counts. */
  offset: number
  hit: boolean
}

/** Offset of the beginning of each line. */
export function lineStartsOf(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The statements of a file, with their offsets found in its source. */
export function statementsOf(file: FileCoverage, source: string): Statement[] {
  const lineStarts = lineStartsOf(source)
  return Object.entries(file.statementMap).map(([id, { start }]) => ({
    line: start.line,
    offset: (lineStarts[start.line - 1] ?? 0) + start.column,
    hit: (file.s[id] ?? 0) > 0,
  }))
}

export interface LineCount {
  covered: number
  total: number
}

/** Lines on which a statement begins, and how many of them ran; one statement that ran is enough. */
export function countLines(statements: readonly Statement[]): LineCount {
  const lines = new Map<number, boolean>()
  for (const { line, hit } of statements) lines.set(line, hit || lines.get(line) === true)
  return { covered: [...lines.values()].filter(Boolean).length, total: lines.size }
}

export const sumLines = (counts: readonly LineCount[]): LineCount => ({
  covered: counts.reduce((sum, count) => sum + count.covered, 0),
  total: counts.reduce((sum, count) => sum + count.total, 0),
})

/** In percent; a file without statements (types only) lacks nothing. */
export const percent = ({ covered, total }: LineCount): number => (total === 0 ? 100 : (100 * covered) / total)
