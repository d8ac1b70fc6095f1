import { CommitSuiteError } from '../contract/index.ts'
import type { Executor } from '../executors/executor.ts'
import type { HostExecutors } from './host-executors.ts'

const elsewhere = async (): Promise<never> => {
  throw new CommitSuiteError('internal', 'A worker of the role orchestration has been asked for work of a host.')
}

/** Whether suites are supported only those know who run them: they refuse while they provision. */
const notHere: Executor = {
  assertSupported: async () => undefined,
  ensureSession: elsewhere,
  findSession: elsewhere,
  provision: elsewhere,
  prepare: elsewhere,
  run: elsewhere,
  forget: elsewhere,
  release: elsewhere,
}

/** In the place of executors on a worker that only decides. */
export const executorsElsewhere = (): HostExecutors => ({ of: () => notHere, close: async () => undefined })
