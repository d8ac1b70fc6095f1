import { stat } from 'node:fs/promises'
import { REPORT_LIMITS, type Unreadable, unreadable } from './reading.ts'

/** Why a file is not read at all; undefined where it is no larger than a report may be. */
export async function oversized(path: string): Promise<Unreadable | undefined> {
  const { size } = await stat(path)
  return size > REPORT_LIMITS.fileBytes ? unreadable(`${size} bytes are too many`) : undefined
}
