import { Worker } from 'node:worker_threads'
import { siblingModule } from '../../process/sibling-module.ts'

/** What a thread says: which of its files it has begun to read, and at last its answer. */
export type ThreadMessage<Answer> = { type: 'reading'; file: number } | { type: 'answer'; answer: Answer }

export type ThreadEnd<Answer> =
  | { type: 'answer'; answer: Answer }
  /** It took too long or too much; `file` is what it was at. */
  | { type: 'ended'; why: string; file: number }

/** Enough for a report of 20 MiB. */
const MEMORY_MB = 512
/** Starting a thread takes more than reading what most runs leave: one that has nothing to do waits so long. */
const IDLE_MS = 10_000
/** One that holds more memory gives it back by its end. */
const KEPT_BELOW_BYTES = 64 * 1024 * 1024

type Entry = 'judge-main' | 'marks-main' | 'tests-main'

/** Threads that wait for their next job, each with the timer that ends it. */
type Idle = Map<Entry, { thread: Worker; timer: NodeJS.Timeout }>

interface Lane {
  last: Promise<unknown>
  idle: Idle
}

function newLane(): Lane {
  return { last: Promise.resolve(), idle: new Map() }
}

/** Two at once: reports of many runs could take all memory there is, and one after the other all time. */
const lanes: readonly Lane[] = [newLane(), newLane()]
let next = 0

/**
 * Has reports, which a test may have written as it likes, read in a thread of bounded memory and time. `entry` is a
 * module beside this one that answers jobs (`answerJobs`). Never rejects.
 */
export async function inReportThread<Answer>(
  entry: Entry,
  job: unknown,
  longestMs: number,
): Promise<ThreadEnd<Answer>> {
  const lane = lanes[next++ % lanes.length]
  if (lane === undefined) throw new RangeError('there is no lane')
  const end = lane.last
    .then(() => inThread<Answer>(lane.idle, entry, job, longestMs))
    .catch((error: unknown): ThreadEnd<Answer> => ({ type: 'ended', why: String(error), file: 0 }))
  lane.last = end
  return await end
}

async function inThread<Answer>(idle: Idle, entry: Entry, job: unknown, longestMs: number): Promise<ThreadEnd<Answer>> {
  const thread = takeIdle(idle, entry) ?? start(idle, entry)
  const end = await answerOf<Answer>(thread, job, longestMs)
  if (end.type === 'answer' && (await heapBytes(thread)) < KEPT_BELOW_BYTES) keep(idle, entry, thread)
  else await thread.terminate()
  return end
}

async function heapBytes(thread: Worker): Promise<number> {
  return (await thread.getHeapStatistics()).total_heap_size
}

function start(idle: Idle, entry: Entry): Worker {
  const thread = new Worker(siblingModule(import.meta.url, entry), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  thread.once('exit', () => {
    if (idle.get(entry)?.thread === thread) takeIdle(idle, entry)
  })
  // What ends it is told by its job; while it waits nobody else listens.
  return thread.on('error', () => undefined)
}

function takeIdle(idle: Idle, entry: Entry): Worker | undefined {
  const waiting = idle.get(entry)
  if (waiting === undefined) return undefined
  clearTimeout(waiting.timer)
  idle.delete(entry)
  waiting.thread.ref()
  return waiting.thread
}

/** A process does not wait for an idle thread. */
function keep(idle: Idle, entry: Entry, thread: Worker): void {
  thread.unref()
  const timer = setTimeout(() => void takeIdle(idle, entry)?.terminate(), IDLE_MS).unref()
  idle.set(entry, { thread, timer })
}

async function answerOf<Answer>(thread: Worker, job: unknown, longestMs: number): Promise<ThreadEnd<Answer>> {
  const { promise, resolve } = Promise.withResolvers<ThreadEnd<Answer>>()
  let file = 0
  const end = (why: string): void => resolve({ type: 'ended', why, file })
  const listeners = {
    message(message: ThreadMessage<Answer>): void {
      if (message.type === 'reading') file = message.file
      else resolve(message)
    },
    error: (error: unknown): void => end(String(error)),
    exit: (code: number): void => end(`reading ended with ${code}`),
  }
  const timer = setTimeout(() => end(`reading takes longer than ${longestMs} ms`), longestMs)
  thread.on('message', listeners.message).on('error', listeners.error).on('exit', listeners.exit)
  try {
    thread.postMessage(job)
    return await promise
  } finally {
    clearTimeout(timer)
    thread.off('message', listeners.message).off('error', listeners.error).off('exit', listeners.exit)
  }
}
