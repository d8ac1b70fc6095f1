import { setImmediate as others } from 'node:timers/promises'

/** Rows or parameters of one statement; SQLite takes 32,766 parameters, and a row of tests has at most four. */
const PER_STATEMENT = 1_000

/**
 * Cuts values into pieces that one statement can take. Between pieces the process does other work: a run may have 200,000
 * tests, and heartbeats must come within 5 s.
 */
export async function* inPieces<T>(values: readonly T[]): AsyncGenerator<T[]> {
  for (let at = 0; at < values.length; at += PER_STATEMENT) {
    if (at > 0) await others()
    yield values.slice(at, at + PER_STATEMENT)
  }
}
