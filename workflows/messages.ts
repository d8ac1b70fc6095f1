import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { NumberedExtension } from '../src/contract/extension.ts'
import type { SuiteProgress } from './api.ts'
import type { IsolationProgress } from './isolation-api.ts'
import type { SearchProgress } from './search-api.ts'

/** Public: people call these with the `temporal` command too. */
export const pauseUpdate = defineUpdate<void, [note?: string]>('pause')
export const resumeUpdate = defineUpdate<void>('resume')
/** For a suite that is open; one that has ended is started again with the extension as its third argument. */
export const extendUpdate = defineUpdate<void, [extension: NumberedExtension]>('extend')
export const progressQuery = defineQuery<SuiteProgress>('progress')
/** The same of a search. */
export const searchProgressQuery = defineQuery<SearchProgress>('progress')
/** The same of an isolation. */
export const isolationProgressQuery = defineQuery<IsolationProgress>('progress')

/** Between a suite and its lanes. */
export const slotsFreedSignal = defineSignal<[{ sha: string; slots: number }]>('slotsFreed')
export const grantSlotsSignal = defineSignal<[{ slots: number }]>('grantSlots')
export const setPausedSignal = defineSignal<[{ paused: boolean }]>('setPaused')
