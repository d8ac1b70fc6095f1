import { setTimeout as sleep } from 'node:timers/promises'
import { CommitSuiteError, isOpen } from '../../contract/index.ts'
import type { Store } from '../../store/store.ts'
import type { SuiteControl } from '../../temporal/suites.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { ownSecrets, secretsOf } from '../own-secrets.ts'
import { requireSuite } from './lookup.ts'
import { type Stack, withStackOf, withStore } from './stack.ts'

const POLL_MS = 150

/** Waits until a suite has ended and cleaned up behind itself. */
async function waitUntilEnded(store: Store, id: string): Promise<void> {
  for (;;) {
    const suite = await store.suites.get(id)
    if (suite === undefined || !isOpen(suite.status)) return
    await sleep(POLL_MS)
  }
}

async function steer(
  context: CliContext,
  id: string,
  act: (control: SuiteControl, stack: Stack) => Promise<string>,
): Promise<ExitCode> {
  return await withStore(context, async (store, config) => {
    const { status, spec } = await requireSuite(store, id)
    if (!isOpen(status)) {
      throw new CommitSuiteError('suite_not_running', `ID: "${id}" – the suite is ${status} already.`)
    }
    const secrets = secretsOf([id], ownSecrets(spec.secretEnv, context.env))
    return await withStackOf(context, { store, config }, { resume: false, secrets }, async (stack) => {
      print(context, `${id} ${await act(stack.control, stack)}`)
      return EXIT.passing
    })
  })
}

/** Cancels a suite; waits until nothing of it is left unless told otherwise. */
export const cancelSuite = (context: CliContext, id: string, { wait }: { wait: boolean }): Promise<ExitCode> =>
  steer(context, id, async (control, { store }) => {
    await control.cancel(id)
    if (!wait) return 'is being cancelled'
    note(context, 'cancelling; waiting for the clean-up')
    await waitUntilEnded(store, id)
    return 'cancelled'
  })

/** Lets runs in flight finish and starts no new one. */
export const pauseSuite = (context: CliContext, id: string, { note: why }: { note?: string }): Promise<ExitCode> =>
  steer(context, id, async (control) => {
    await control.pause(id, why)
    return 'paused; runs in flight finish'
  })

export const resumeSuite = (context: CliContext, id: string): Promise<ExitCode> =>
  steer(context, id, async (control) => {
    await control.resume(id)
    return 'resumed'
  })
