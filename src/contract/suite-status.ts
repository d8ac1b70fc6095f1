import type { SuiteStatus } from './suite.ts'

/** True while a suite still wants a worker. */
export const isOpen = (status: SuiteStatus): boolean =>
  status === 'queued' || status === 'running' || status === 'paused'
