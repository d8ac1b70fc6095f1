import { LIMITS, type RunKey } from '../contract/index.ts'
import type { RecordReader } from './store.ts'

/** The newest repetition of which something is stored. */
export async function newestTry(store: Pick<RecordReader, 'results' | 'logs'>, run: RunKey): Promise<number> {
  const result = await store.results.get(run)
  if (result !== undefined) return result.tries
  for (let number = LIMITS.triesPerRun; number > 1; number--) {
    for (const stream of ['stdout', 'stderr'] as const) {
      if ((await store.logs.nextOffset({ ...run, try: number, stream })) > 0) return number
    }
  }
  return 1
}
