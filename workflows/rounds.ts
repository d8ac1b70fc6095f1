import { CancellationScope, condition, setHandler } from '@temporalio/workflow'
import type { NumberedExtension } from '../src/contract/extension.ts'
import { admitExtension } from './activities.ts'
import type { ExtendedSuite, SuiteCursor, SuitePlan } from './api.ts'
import { refusalOf } from './fault.ts'
import { extendUpdate } from './messages.ts'

/**
 * Records an extension and plans its runs. Goes on where the suite is cancelled meanwhile: what has opened the suite
 * again must be known to be closed.
 */
export async function admit(suite: string, extension: NumberedExtension): Promise<ExtendedSuite> {
  try {
    return await CancellationScope.nonCancellable(() => admitExtension({ suite, extension }))
  } catch (error) {
    throw refusalOf(error)
  }
}

/** Whether every commit has had its lane in this round. */
export const isThrough = ({ next, plan }: SuiteCursor): boolean => next >= plan.commits

export const isDone = (cursor: SuiteCursor): boolean => isThrough(cursor) && cursor.ahead === undefined

/**
 * Takes extensions of a suite that is open, from its first moment on: one that comes before the suite has begun waits
 * for that. `mayExtend` throws where it is too late.
 */
export function takeExtensions(
  suite: string,
  { mayExtend, cursor }: { mayExtend: () => void; cursor: () => SuiteCursor | undefined },
): void {
  const take = async (extension: NumberedExtension): Promise<void> => {
    await condition(() => cursor() !== undefined)
    const { plan } = await admit(suite, extension)
    const begun = cursor()
    if (begun !== undefined) addAhead(begun, plan)
  }
  setHandler(extendUpdate, take, { validator: (_extension) => mayExtend() })
}

/** The next round makes the runs of all extensions that come before it. */
function addAhead(cursor: SuiteCursor, plan: SuitePlan): void {
  const { from = 0, errors } = plan
  const before = cursor.ahead ?? plan
  cursor.ahead = { ...plan, from: Math.min(from, before.from ?? 0), errors: before.errors === true || errors === true }
}

/** Begins the next round once this one is through. */
export function goAhead(cursor: SuiteCursor): void {
  const { ahead } = cursor
  if (ahead === undefined || !isThrough(cursor)) return
  delete cursor.ahead
  Object.assign(cursor, { plan: ahead, next: 0, verdicts: {} })
}

/** The extension that a suite ends with. */
export function ofExtension({ plan, ahead = plan }: SuiteCursor): { extension?: number } {
  return ahead.extension === undefined ? {} : { extension: ahead.extension }
}
