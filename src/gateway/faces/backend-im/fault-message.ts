import { CommitSuiteError } from '../../../contract/index.ts'
import { temporalAway } from '../../http/temporal-away.ts'
import type { Face } from './face.ts'

/** A fault as an error of ours; undefined for what nobody expected. */
export const knownFault = (error: unknown): CommitSuiteError | undefined =>
  error instanceof CommitSuiteError ? error : temporalAway(error)

/** A fault in words for a client. What nobody expected is logged, and said without its details. */
export function faultMessage({ log }: Pick<Face, 'log'>, error: unknown, projectType: string): string {
  const known = knownFault(error)
  if (known === undefined || known.code === 'internal') {
    log.error({ err: error }, 'a request of a WebSocket client failed')
    return 'Internal error'
  }
  if (known.code !== 'template_not_found') return known.message
  return `Missing deployment template for ${projectType}. ${known.detail.remedy ?? ''}`.trimEnd()
}
