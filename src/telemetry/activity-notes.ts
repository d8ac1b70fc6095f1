import { AsyncLocalStorage } from 'node:async_hooks'

/** What an activity learns of the run that it is about, for those who measure, trace and log it. */
export interface ActivityNotes {
  seed?: number
  try?: number
  outcome?: string
  /** When the process of the run was started, by this attempt of the activity or an earlier one. */
  startedAtMs?: number
  /** How long its command took. */
  commandMs?: number
}

const current = new AsyncLocalStorage<ActivityNotes>()

export const withActivityNotes = <T>(notes: ActivityNotes, work: () => Promise<T>): Promise<T> =>
  current.run(notes, work)

/** Those of the activity that calls; undefined outside of one. */
export const activityNotes = (): ActivityNotes | undefined => current.getStore()

/** Adds to the notes of the activity that calls. */
export function noteActivity(notes: ActivityNotes): void {
  Object.assign(current.getStore() ?? {}, notes)
}
