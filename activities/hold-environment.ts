import { setTimeout as delay } from 'node:timers/promises'
import { cancellationSignal, heartbeat } from '@temporalio/activity'

const BEAT_MS = 2000

/** Beats until it is cancelled or its worker stops: as long as it does, this host can be worked on. */
export async function holdEnvironment(): Promise<void> {
  const signal = cancellationSignal()
  for (;;) {
    heartbeat()
    await delay(BEAT_MS, undefined, { signal })
  }
}
