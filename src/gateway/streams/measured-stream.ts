import type { Metrics } from '../http/metrics.ts'
import type { EventBatch } from './encoded-events.ts'

/**
 * Counts a stream while it is open and what it sends. How late events are is measured of those only that were put on
 * record since it was opened: the others had been asked for late.
 */
export function measuredStream({ openStreams, sentEvents, eventLag }: Metrics, kind: 'sse' | 'websocket') {
  const openedMs = Date.now()
  openStreams.inc({ kind })
  return {
    sent({ events }: EventBatch): void {
      sentEvents.inc({ kind }, events.length)
      const oldest = events.find(({ atMs }) => atMs >= openedMs)
      if (oldest !== undefined) eventLag.observe({ kind }, Math.max(0, Date.now() - oldest.atMs) / 1000)
    },
    close: () => openStreams.dec({ kind }),
  }
}
