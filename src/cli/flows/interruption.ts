import { createInterface } from 'node:readline'
import { type CliContext, note, type Signal } from '../context.ts'
import { EXIT } from '../exit-codes.ts'

export type Choice = 'cancel' | 'detach'

export interface InterruptionHandlers {
  /** Cancels the suite and lets its clean-up go on. */
  cancel(): Promise<void>
  /** Stops following; the suite goes on. */
  detach(): void
  /** Around the question on the terminal. */
  beforeQuestion(): void
  afterQuestion(): void
}

export interface Interruption {
  readonly interrupted: boolean
  stop(): void
}

const QUESTION = 'Cancel the suite or detach from it (it goes on)? [c/d] '

/** Asks until an answer is understood; a closed input means cancel, another Ctrl-C forces the exit. */
function askChoice(context: CliContext): Promise<Choice | 'force'> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: context.stdin, output: context.stderr })
    const answer = (choice: Choice | 'force'): void => {
      resolve(choice)
      lines.close()
    }
    lines.on('SIGINT', () => answer('force'))
    lines.on('close', () => answer('cancel'))
    lines.on('line', (line) => {
      const word = line.trim().toLowerCase()
      if (word !== '' && 'cancel'.startsWith(word)) return answer('cancel')
      if (word !== '' && 'detach'.startsWith(word)) return answer('detach')
      context.stderr.write(QUESTION)
    })
    context.stderr.write(QUESTION)
  })
}

/** A signal to a process group may arrive twice, once straight and once handed on by a parent. */
const SAME_SIGNAL_MS = 300

/**
 * The first Ctrl-C asks cancel or detach; without a terminal, and for SIGTERM, it cancels and waits for the
 * clean-up. The second one ends the process at once.
 */
export function handleInterruption(context: CliContext, handlers: InterruptionHandlers): Interruption {
  let interrupted = false
  let firstAtMs = 0
  const cancel = (): void => {
    note(context, 'cancelling; waiting for the clean-up (again to force)')
    handlers
      .cancel()
      .catch((error: unknown) => note(context, `error: ${error instanceof Error ? error.message : error}`))
  }
  const ask = async (): Promise<void> => {
    handlers.beforeQuestion()
    const choice = await askChoice(context)
    handlers.afterQuestion()
    if (choice === 'force') context.forceExit(EXIT.interrupted)
    else if (choice === 'detach') handlers.detach()
    else cancel()
  }
  const onSignal = (signal: Signal) => (): void => {
    if (interrupted) {
      if (context.now() - firstAtMs >= SAME_SIGNAL_MS) context.forceExit(EXIT.interrupted)
      return
    }
    interrupted = true
    firstAtMs = context.now()
    if (signal === 'SIGINT' && context.stdin.isTTY === true && context.stderr.isTTY === true) void ask()
    else cancel()
  }
  const offs = (['SIGINT', 'SIGTERM'] as const).map((signal) => context.onSignal(signal, onSignal(signal)))
  return {
    get interrupted() {
      return interrupted
    },
    stop: () => void offs.map((off) => off()),
  }
}
