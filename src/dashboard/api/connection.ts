import { computed, signal } from '@preact/signals'

/** How a stream of this page is: it is up, it broke off and is asked for again, or it is over. */
export type StreamState = 'connecting' | 'live' | 'retrying' | 'ended'

const streams = signal<ReadonlyMap<symbol, StreamState>>(new Map())

/** Whether anything of this page waits for the gateway to come back. */
export const isDisconnected = computed(() => [...streams.value.values()].includes('retrying'))
export const isLive = computed(() => [...streams.value.values()].includes('live'))

/** Tells of a stream or of what is asked again and again; `null` once nobody wants it any more. */
export function tellState(stream: symbol, state: StreamState | null): void {
  if (streams.value.get(stream) === (state ?? undefined)) return
  const next = new Map(streams.value)
  if (state === null) next.delete(stream)
  else next.set(stream, state)
  streams.value = next
}
