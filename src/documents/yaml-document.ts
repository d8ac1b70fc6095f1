import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { CommitSuiteError, type ErrorCode, invalidInput } from '../contract/index.ts'
import { nearestName } from './nearest-name.ts'

/** A YAML or JSON text, parsed but not trusted. */
export interface YamlDocument {
  /** As messages should name it. */
  file: string
  value: unknown
  /** The 1-based line of a value, where it is known. */
  lineOf(path: readonly PropertyKey[]): number | undefined
}

/**
 * Parses YAML (JSON is a part of it). Duplicate keys, tags that are not plain data and documents that blow up
 * through aliases are refused with `code`, naming file and line.
 */
export function parseYaml(text: string, file: string, code: ErrorCode, version: '1.1' | '1.2' = '1.2'): YamlDocument {
  const lines = new LineCounter()
  const strict = { uniqueKeys: true, merge: false, prettyErrors: true } as const
  const document = parseDocument(text, { lineCounter: lines, version, ...strict })
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line
    throw new CommitSuiteError(code, `${place(file, line)}: ${firstLine(problem.message)}`, {
      field: place(file, line),
      rule: 'must be valid YAML or JSON',
    })
  }
  return {
    file,
    value: plainValue(() => document.toJS({ maxAliasCount: 100 }), file, code),
    lineOf(path) {
      const node = path.length === 0 ? document.contents : document.getIn([...path], true)
      return isNode(node) && node.range ? lines.linePos(node.range[0]).line : undefined
    },
  }
}

/** Checks a document against a schema; the first problem is thrown, naming file, line, field, value and rule. */
export function checkDocument<S extends z.ZodType>(
  document: YamlDocument,
  schema: S,
  known: readonly string[],
  code: ErrorCode,
): z.output<S> {
  const parsed = schema.safeParse(document.value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  if (issue?.code === 'unrecognized_keys') throw unknownKey(document, issue.path, issue.keys[0] ?? '', known, code)
  const path = issue?.path ?? []
  const field = path.length === 0 ? 'the document' : path.map(String).join('.')
  throw invalidInput(
    `${place(document.file, nearestLine(document, path))}: ${field}`,
    valueAt(document.value, path),
    issue?.message ?? 'is not valid',
    undefined,
    code,
  )
}

/** Of a value that the text does not hold itself, the line of what would hold it. */
function nearestLine(document: YamlDocument, path: readonly PropertyKey[]): number | undefined {
  const line = document.lineOf(path)
  return line === undefined && path.length > 0 ? nearestLine(document, path.slice(0, -1)) : line
}

function unknownKey(
  document: YamlDocument,
  path: readonly PropertyKey[],
  key: string,
  known: readonly string[],
  code: ErrorCode,
): CommitSuiteError {
  const full = [...path, key]
  const near = path.length === 0 ? nearestName(key, known) : undefined
  const advice =
    near === undefined ? (path.length === 0 ? `Known keys: ${known.join(', ')}.` : undefined) : `Did you mean ${near}?`
  return invalidInput(
    `${place(document.file, document.lineOf(full))}: ${full.map(String).join('.')}`,
    valueAt(document.value, full),
    'is not a known key',
    advice,
    code,
  )
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Object.getOwnPropertyDescriptor(inner, key)?.value : undefined,
    value,
  )
}

function plainValue(read: () => unknown, file: string, code: ErrorCode): unknown {
  try {
    return read()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CommitSuiteError(code, `${file}: ${reason}`, { field: file }, { cause })
  }
}

const place = (file: string, line: number | undefined): string => (line === undefined ? file : `${file}:${line}`)
const firstLine = (text: string): string => text.split('\n', 1)[0]?.replace(/:$/, '') ?? text
