import { StringDecoder } from 'node:string_decoder'
import { z } from 'zod'

/** The stack as its users see it. */
export const stackInfoSchema = z.object({
  temporalAddress: z.string(),
  temporalUi: z.string().nullable(),
  namespace: z.string(),
  /** Of the supervisor. */
  pid: z.number(),
  serverPid: z.number().nullable(),
  workerPid: z.number().nullable(),
  ready: z.boolean(),
})
export type StackInfo = z.infer<typeof stackInfoSchema>

/** First and only message of a client. A connection that said `lease` holds a lease until it closes. */
export const requestSchema = z.discriminatedUnion('type', [
  /** `build` null: any will do. */
  z.object({
    type: z.literal('lease'),
    build: z.string().nullable(),
    target: z.string(),
    /** What its worker is to let requests from the network do; absent: whatever it does. */
    networkRules: z.string().optional(),
    /** Values of secret variables for these suites, kept in memory. */
    secrets: z.object({ suites: z.array(z.string()), values: z.record(z.string(), z.string()) }).optional(),
  }),
  z.object({ type: z.literal('find') }),
])
export type Request = z.infer<typeof requestSchema>

export const replySchema = z.discriminatedUnion('type', [
  /** Something to tell the user while waiting. */
  z.object({ type: z.literal('progress'), line: z.string() }),
  /** The stack runs and the lease is granted, or (to `find`) how it stands. */
  z.object({ type: z.literal('stack'), stack: stackInfoSchema.nullable() }),
  /** This supervisor ends, idle and of another build; come again. */
  z.object({ type: z.literal('replace') }),
  z.object({ type: z.literal('failed'), code: z.string(), message: z.string() }),
])
export type Reply = z.infer<typeof replySchema>

export const encode = (message: Request | Reply): string => `${JSON.stringify(message)}\n`

/** Above what an environment can hold, which bounds the secrets of a lease; only this user can open the socket. */
const LONGEST_LINE = 8 * 1024 * 1024

/** Cuts a stream into JSON lines and hands on what the schema accepts; calls `onBad` once for anything else. */
export function lineReader<T>(
  schema: z.ZodType<T>,
  onMessage: (message: T) => void,
  onBad: () => void,
): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) return onBad()
    for (const line of lines) {
      const parsed = schema.safeParse(parseJson(line))
      if (!parsed.success) return onBad()
      onMessage(parsed.data)
    }
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
