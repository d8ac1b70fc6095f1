import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { SuiteProgress } from './api.ts'

/** Public: people call these with the `temporal` command too. */
export const pauseUpdate = defineUpdate<void, [note?: string]>('pause')
export const resumeUpdate = defineUpdate<void>('resume')
export const progressQuery = defineQuery<SuiteProgress>('progress')

/** Between a suite and its lanes. */
export const slotsFreedSignal = defineSignal<[{ sha: string; slots: number }]>('slotsFreed')
export const grantSlotsSignal = defineSignal<[{ slots: number }]>('grantSlots')
export const setPausedSignal = defineSignal<[{ paused: boolean }]>('setPaused')
