import { heartbeat } from '@temporalio/activity'

const HEARTBEAT_MS = 1_000

/** Does work that may take long in one go: reports of 20 MiB are read, thousands of tests looked up. */
export async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const beating = setInterval(heartbeat, HEARTBEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beating)
  }
}
