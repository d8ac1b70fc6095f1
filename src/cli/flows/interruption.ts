import { createInterface } from 'node:readline'
import { type CliContext, note, type Signal } from '../context.ts'
import { EXIT } from '../exit-codes.ts'

type Choice = 'cancel' | 'detach'

export interface InterruptionHandlers {
  /** Cancels the suite, or search, and lets its clean-up go on. */
  cancel(): Promise<void>
  /** Stops following; it goes on. */
  detach(): void
  /** Around the question on the terminal. */
  beforeQuestion(): void
  afterQuestion(): void
}

export interface Interruption {
  readonly interrupted: boolean
  /** Aborts at the first signal. */
  readonly signal: AbortSignal
  /** Says what an interruption means from now on; acts at once where one has come before. */
  attach(handlers: InterruptionHandlers): void
  stop(): void
}

const question = (what: string): string => `Cancel the ${what} or detach from it (it goes on)? [c/d] `

/** Asks until an answer is understood; a closed input means cancel, another Ctrl-C forces the exit. */
function askChoice(context: CliContext, what: string): Promise<Choice | 'force'> {
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
      context.stderr.write(question(what))
    })
    context.stderr.write(question(what))
  })
}

/** A signal to a process group may arrive twice, once straight and once handed on by a parent. */
const SAME_SIGNAL_MS = 300

function cancel(context: CliContext, handlers: InterruptionHandlers): void {
  note(context, 'cancelling; waiting for the clean-up (again to force)')
  handlers.cancel().catch((error: unknown) => note(context, `error: ${error instanceof Error ? error.message : error}`))
}

async function ask(context: CliContext, handlers: InterruptionHandlers, what: string): Promise<void> {
  handlers.beforeQuestion()
  const choice = await askChoice(context, what)
  handlers.afterQuestion()
  if (choice === 'force') context.forceExit(EXIT.interrupted)
  else if (choice === 'detach') handlers.detach()
  else cancel(context, handlers)
}

/**
 * Listens for signals from now on. The first Ctrl-C asks cancel or detach; without a terminal, and for SIGTERM, it
 * cancels and waits for the clean-up. The second one ends the process at once. What comes before `attach` is
 * remembered: what has been begun by then is cancelled as soon as that is possible. `what` is a word for it.
 */
export function listenForInterruption(context: CliContext, what = 'suite'): Interruption {
  const controller = new AbortController()
  let first: { signal: Signal; atMs: number } | undefined
  let handlers: InterruptionHandlers | undefined
  const act = (): void => {
    if (first === undefined || handlers === undefined) return
    const terminal = context.stdin.isTTY === true && context.stderr.isTTY === true
    if (first.signal === 'SIGINT' && terminal) void ask(context, handlers, what)
    else cancel(context, handlers)
  }
  const onSignal = (signal: Signal) => (): void => {
    if (first !== undefined) {
      if (context.now() - first.atMs >= SAME_SIGNAL_MS) context.forceExit(EXIT.interrupted)
      return
    }
    first = { signal, atMs: context.now() }
    controller.abort()
    act()
  }
  const offs = (['SIGINT', 'SIGTERM'] as const).map((signal) => context.onSignal(signal, onSignal(signal)))
  return {
    get interrupted() {
      return first !== undefined
    },
    signal: controller.signal,
    attach(given) {
      handlers = given
      act()
    },
    stop: () => void offs.map((off) => off()),
  }
}
