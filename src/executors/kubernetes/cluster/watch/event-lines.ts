import { z } from 'zod'

const eventSchema = z.object({ type: z.string(), object: z.record(z.string(), z.unknown()) })
export type WatchEvent = z.infer<typeof eventSchema>

/** A pod is at most 1.5 MB in etcd; more without a line's end is not an event. */
const LONGEST_LINE = 16 * 1024 * 1024

/** The events of a watch: one JSON object a line. Each batch holds what came in one piece. */
export async function* eventBatches(body: ReadableStream<Uint8Array>): AsyncGenerator<WatchEvent[]> {
  const decoder = new TextDecoder()
  let parts: string[] = []
  let length = 0
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true })
    const end = text.lastIndexOf('\n')
    if (end < 0) {
      parts.push(text)
      length += text.length
      if (length > LONGEST_LINE) throw new Error('the watch sent a line without end')
      continue
    }
    const whole = parts.join('') + text.slice(0, end)
    parts = [text.slice(end + 1)]
    length = text.length - end - 1
    yield whole
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => eventSchema.parse(JSON.parse(line)))
  }
}
