import { parseRunId, type SuiteEvent } from '../../../contract/index.ts'
import type { LogKey, RecordReader } from '../../../store/store.ts'

/** Even if each byte became six in JSON, a message of it would have less than 1 MiB. */
const PIECE_BYTES = 64 * 1024
const STREAMS = ['stdout', 'stderr'] as const satisfies LogKey['stream'][]

type Stream = (typeof STREAMS)[number]
interface Position {
  offset: number
  decoder: InstanceType<typeof TextDecoder>
}
const positions = (): Record<Stream, Position> => ({
  stdout: { offset: 0, decoder: new TextDecoder() },
  stderr: { offset: 0, decoder: new TextDecoder() },
})

/**
 * Passes the output of a suite's one run on as it is stored, each byte once, after a lost try that of the next. It
 * holds one piece at a time: a reader that is slow reads later, from the store.
 */
export class LiveTail {
  readonly #logs: RecordReader['logs']
  readonly #emit: (stream: Stream, text: string) => Promise<void>
  #key: Omit<LogKey, 'stream'> | undefined
  #at = positions()

  constructor(logs: RecordReader['logs'], emit: (stream: Stream, text: string) => Promise<void>) {
    this.#logs = logs
    this.#emit = emit
  }

  /** Reads all that is stored by now, of the try that the events tell of. */
  async read(events: readonly SuiteEvent[]): Promise<void> {
    const key = runOf(events)
    if (key === undefined) return
    if (this.#key?.try !== key.try) this.#at = positions()
    this.#key = key
    for (const stream of STREAMS) await this.#readStream({ ...key, stream })
  }

  async #readStream(key: LogKey): Promise<void> {
    const at = this.#at[key.stream]
    for (;;) {
      const { bytes, next } = await this.#logs.read(key, at.offset, PIECE_BYTES)
      if (bytes.byteLength === 0) return
      at.offset = next
      const text = at.decoder.decode(bytes, { stream: true })
      if (text !== '') await this.#emit(key.stream, text)
    }
  }

  /** What is left of a character that the output broke off in. */
  async end(): Promise<void> {
    for (const stream of STREAMS) {
      const text = this.#at[stream].decoder.decode()
      if (text !== '') await this.#emit(stream, text)
    }
  }
}

/** The newest try of the run; undefined before it began. */
export function runOf(events: readonly SuiteEvent[]): Omit<LogKey, 'stream'> | undefined {
  const started = events.findLast((event) => event.type === 'run.started')
  if (started === undefined) return undefined
  const parsed = parseRunId(started.data.run)
  if (parsed === undefined) return undefined
  const { suite, attempt, generation } = parsed
  return { suite, sha: started.data.sha, attempt, generation, try: started.data.try }
}
