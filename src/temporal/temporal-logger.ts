import type { LogMetadata, Logger as TemporalLogger } from '@temporalio/common'
import type { Logger } from 'pino'

/** The SDK's log lines in ours, one level quieter: its news of start and stop are no news to our users. */
export function temporalLogger(log: Logger): TemporalLogger {
  const sdk = log.child({ source: 'temporal' })
  return {
    log: (level, message, meta) =>
      sdk[level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'debug'](meta ?? {}, message),
    trace: (message: string, meta?: LogMetadata) => sdk.trace(meta ?? {}, message),
    debug: (message: string, meta?: LogMetadata) => sdk.debug(meta ?? {}, message),
    info: (message: string, meta?: LogMetadata) => sdk.debug(meta ?? {}, message),
    // The queues of a host have activities only, which is meant so and said at every start.
    warn: (message: string, meta?: LogMetadata) =>
      sdk[message.startsWith('No workflows registered') ? 'debug' : 'warn'](meta ?? {}, message),
    error: (message: string, meta?: LogMetadata) => sdk.error(meta ?? {}, message),
  }
}
