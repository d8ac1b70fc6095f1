import { z } from 'zod'

const NO_NUL = /^[^\0]*$/

/** Text that may not be left out; the rule is worded so that it can follow the name of the field. */
const text = (longest: number) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a string') })
    .min(1, 'must not be empty')
    .max(longest, `must have at most ${longest} characters`)
    .regex(NO_NUL, 'must not contain a NUL byte')

/** Of `--commits` of the command line one commit is left: lists and ranges would be several tests. */
const oneCommit = text(1024).refine((ref) => !/,|\.\./.test(ref), 'must name one commit')

const command = z
  .string({ error: 'must be a string or null' })
  .max(8192, 'must have at most 8192 characters')
  .regex(NO_NUL, 'must not contain a NUL byte')
  .nullish()
  // Blank stands for the project type's own, as for clients that send an empty field.
  .transform((line) => (line == null || line.trim() === '' ? null : line))

const tested = { repoURL: text(4096), commitHash: oneCommit, projectType: text(100), testCommand: command }

const plainRequest = z.object({ userId: text(253), chatId: text(253), ...tested })
const streamedRequest = z.object({
  type: z.literal('test_request'),
  projectId: text(253),
  ...tested,
  startCommand: command,
})
const setupRequest = z.object({ type: z.literal('namespace_setup'), projectId: text(253), projectType: text(100) })

/** What is asked to be tested, in either dialect. */
export interface TestRequest {
  repoURL: string
  commitHash: string
  /** Lower case. */
  projectType: string
  /** Null for the project type's own. */
  testCommand: string | null
}

export type RefusalCode = 'invalid_message_format' | 'unknown_message_type'

/** A frame of a client, read. Dialect 1 asks for one reply, dialect 2 (its messages have a `type`) for a stream. */
export type ClientMessage =
  | { kind: 'test'; chat: string; user: string; request: TestRequest }
  | { kind: 'streamed_test'; project: string; request: TestRequest; startCommand: string | null }
  | { kind: 'namespace_setup'; project: string; projectType: string }
  | Refusal

export interface Refusal {
  kind: 'refused'
  dialect: 1 | 2
  code: RefusalCode
  message: string
}

const BAD_FORMAT = 'Invalid message format'

export const refusal = (dialect: 1 | 2, why?: string, code: RefusalCode = 'invalid_message_format'): Refusal => ({
  kind: 'refused',
  dialect,
  code,
  message: why === undefined ? BAD_FORMAT : `${BAD_FORMAT}: ${why}`,
})

/** Reads a text frame; what it cannot be is a refusal that names the first field that is wrong. */
export function readMessage(frame: string): ClientMessage {
  let value: unknown
  try {
    value = JSON.parse(frame)
  } catch {
    return refusal(1)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refusal(1)
  return 'type' in value ? readTyped(value, value.type) : readPlain(value)
}

function readPlain(value: object): ClientMessage {
  const parsed = plainRequest.safeParse(value)
  if (!parsed.success) return refusal(1, firstIssue(parsed.error))
  const { chatId, userId } = parsed.data
  return { kind: 'test', chat: chatId, user: userId, request: requestOf(parsed.data) }
}

function readTyped(value: object, type: unknown): ClientMessage {
  switch (type) {
    case 'namespace_setup': {
      const parsed = setupRequest.safeParse(value)
      if (!parsed.success) return refusal(2, firstIssue(parsed.error))
      const { projectId, projectType } = parsed.data
      return { kind: 'namespace_setup', project: projectId, projectType: projectType.toLowerCase() }
    }
    case 'test_request': {
      const parsed = streamedRequest.safeParse(value)
      if (!parsed.success) return refusal(2, firstIssue(parsed.error))
      const { projectId, startCommand } = parsed.data
      return { kind: 'streamed_test', project: projectId, startCommand, request: requestOf(parsed.data) }
    }
    default:
      return typeof type === 'string' ? unknownType(type) : refusal(2, 'type must be a string')
  }
}

const LONGEST_QUOTE = 100

const unknownType = (type: string): Refusal => ({
  kind: 'refused',
  dialect: 2,
  code: 'unknown_message_type',
  message: `Unknown message type: ${JSON.stringify(type.slice(0, LONGEST_QUOTE))}`,
})

function requestOf({ repoURL, commitHash, projectType, testCommand }: TestRequest): TestRequest {
  return { repoURL, commitHash, projectType: projectType.toLowerCase(), testCommand }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'the message is not valid' : `${issue.path.join('.')} ${issue.message}`
}
