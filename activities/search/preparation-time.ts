import type { Store } from '../../src/store/store.ts'

/** The steps of a preparation are among the first events of a suite of one commit. */
const FIRST_EVENTS = 100

/** What the preparation of a suite's one commit took, in ms; null where it was prepared by an earlier suite, or never. */
export async function preparationMs({ events }: Pick<Store, 'events'>, suite: string): Promise<number | null> {
  let beganMs: number | undefined
  for (const event of await events.read(suite, 0, FIRST_EVENTS)) {
    if (event.type !== 'environment.step') continue
    const { step, cached } = event.data
    if (step === 'checkout') beganMs = Date.parse(event.at)
    if (step === 'ready') return cached === true || beganMs === undefined ? null : Date.parse(event.at) - beganMs
  }
  return null
}
