import type { LogMetadata, Logger as TemporalLogger } from '@temporalio/common'
import type { Logger } from 'pino'
import { fieldsOfWorkflow } from '../telemetry/log-fields.ts'

const about = (meta: LogMetadata | undefined) => ({ ...fieldsOfWorkflow(meta?.workflowId), ...meta })

/** The SDK's log lines in ours, one level quieter: its news of start and stop are no news to our users. */
export function temporalLogger(log: Logger): TemporalLogger {
  const sdk = log.child({ source: 'temporal' })
  return {
    log: (level, message, meta) =>
      sdk[level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'debug'](about(meta), message),
    trace: (message: string, meta?: LogMetadata) => sdk.trace(about(meta), message),
    debug: (message: string, meta?: LogMetadata) => sdk.debug(about(meta), message),
    info: (message: string, meta?: LogMetadata) => sdk.debug(about(meta), message),
    // The queues of a host have activities only, which is meant so and said at every start.
    warn: (message: string, meta?: LogMetadata) =>
      sdk[message.startsWith('No workflows registered') ? 'debug' : 'warn'](about(meta), message),
    error: (message: string, meta?: LogMetadata) => sdk.error(about(meta), message),
  }
}
