import { s3ServerBinary } from './install.ts'

/** Main: makes sure that there is an S3 server for the tests and prints its path. Progress goes to stderr. */
try {
  process.stdout.write(`${await s3ServerBinary((line) => process.stderr.write(`${line}\n`))}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 3
}
