import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { withStack } from './stack.ts'

const HOUR_MS = 3_600_000

/** Resolves at the first SIGTERM or Ctrl-C; another one ends the process at once. */
function untilStopped(context: CliContext): { stopped: Promise<void>; signal: AbortSignal; off(): void } {
  const controller = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const onSignal = (): void => {
    if (controller.signal.aborted) context.forceExit(EXIT.interrupted)
    controller.abort()
    resolve()
  }
  // Neither a signal handler nor a lease keeps a process up.
  const keepUp = setInterval(() => undefined, HOUR_MS)
  const offs = (['SIGINT', 'SIGTERM'] as const).map((signal) => context.onSignal(signal, onSignal))
  const off = (): void => {
    clearInterval(keepUp)
    for (const remove of offs) remove()
  }
  return { stopped: promise, signal: controller.signal, off }
}

/** Keeps worker and Temporal up in the foreground until SIGTERM. */
export async function serve(context: CliContext, { json }: { json: boolean }): Promise<ExitCode> {
  const { stopped, off } = untilStopped(context)
  try {
    await withStack(context, { resume: true }, async ({ lease: { temporalAddress, temporalUi } }) => {
      const ready = { url: null, temporal: temporalAddress, temporalUi, pid: process.pid }
      if (json) print(context, JSON.stringify(ready))
      else print(context, `ready: Temporal ${temporalAddress}${temporalUi === null ? '' : `, Web UI ${temporalUi}`}`)
      await stopped
      note(context, 'stopping')
    })
    return EXIT.passing
  } finally {
    off()
  }
}

/** Works in the foreground until SIGTERM, then drains. */
export async function work(context: CliContext): Promise<ExitCode> {
  const { signal, off } = untilStopped(context)
  try {
    const onReady = (address: string): void => note(context, `ready: working for Temporal at ${address}`)
    await context.services.runWorker(context.services.config(), { signal, onReady })
    return EXIT.passing
  } finally {
    off()
  }
}
