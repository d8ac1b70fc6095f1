import { readConfig } from '../config.ts'
import { findServerBinary } from './server-binary.ts'

/** Main: makes sure that there is a Temporal server and prints its path. Progress goes to stderr. */
try {
  const binary = await findServerBinary(readConfig(), { onProgress: (line) => process.stderr.write(`${line}\n`) })
  process.stdout.write(`${binary.path}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 3
}
