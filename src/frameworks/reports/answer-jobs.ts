import { parentPort } from 'node:worker_threads'
import type { ThreadMessage } from './report-thread.ts'

/**
 * Answers one job after the other in a thread that may be ended at any time; what `work` throws ends it. `reading` tells
 * which of its files a job is at.
 */
export function answerJobs<Job, Answer>(
  work: (job: Job, reading: (file: number) => void) => Answer | Promise<Answer>,
): void {
  const post = (message: ThreadMessage<Answer>): void => parentPort?.postMessage(message)
  parentPort?.on('message', async (job: Job) => {
    const answer = await work(job, (file) => post({ type: 'reading', file }))
    post({ type: 'answer', answer })
  })
}
