import { invalidInput } from '../../contract/index.ts'

/** Where to go on: the header that browsers send when they come back wins over the address they began with. */
export function eventCursor(lastEventId: string | undefined, after: number | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return after ?? 0
  const cursor = Number(lastEventId)
  if (/^\d{1,15}$/.test(lastEventId)) return cursor
  throw invalidInput('Last-Event-ID', lastEventId, 'must be the number of an event')
}
