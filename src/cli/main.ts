import type { CliContext, Signal } from './context.ts'
import { liveServices } from './live-services.ts'
import { runCommandLine } from './program.ts'

const context: CliContext = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  services: liveServices(process.env),
  onSignal(signal: Signal, listener) {
    process.on(signal, listener)
    return () => process.off(signal, listener)
  },
  forceExit: (code) => process.exit(code),
  now: Date.now,
}

// `commit-suite list | head` closes the pipe early; that is no error.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
}

const exitCode = await runCommandLine(context, process.argv.slice(2))
// What was written to a pipe may still be on its way; only then nothing that is left open may hold the process.
process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)))
