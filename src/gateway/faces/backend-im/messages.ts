import type { NamespaceStatus, Step, TestResults } from './test-results.ts'

/** Dialect 1: exactly one of the two per request. */
export const testReply = (namespace: NamespaceStatus, results: TestResults) => ({
  type: 'test_results',
  payload: { namespace_status: namespace, test_results: results },
})
export const errorReply = (message: string) => ({ type: 'error', payload: { message } })

export type ErrorMessageCode =
  | 'invalid_message_format'
  | 'namespace_required'
  | 'namespace_check_failed'
  | 'unknown_message_type'

/** What an update of dialect 2 tells, by its `update_type`. */
export type Update =
  | { type: 'start'; data: { commit: string; test_cmd: string | null; namespace: string } }
  | { type: 'step'; data: Step }
  | { type: 'command'; data: { command: string } }
  | { type: 'output'; data: { stdout: string; stderr: string } }
  | { type: 'error'; data: { message: string; step?: string } }
  | { type: 'log'; data: { message: string } }
  | { type: 'result'; data: TestResults }
  | { type: 'complete'; data: { status: string } }

type Subject = 'namespace' | 'test'

export const update = (subject: Subject, { type, data }: Update) => ({
  type: `${subject}_update`,
  status: 'partial',
  payload: { update_type: type, update_data: { data } },
})

export const complete = (subject: Subject, success: boolean, message: string, result?: TestResults) => ({
  type: `${subject}_complete`,
  status: success ? 'success' : 'failed',
  payload: { message, ...(result === undefined ? {} : { result }) },
})

export const errorMessage = (code: ErrorMessageCode, message: string) => ({
  type: 'error',
  status: 'error',
  payload: { code, message },
})
