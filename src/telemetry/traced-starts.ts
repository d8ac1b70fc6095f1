import type { WorkflowClientInterceptor } from '@temporalio/client'
import type { Logger } from 'pino'
import { wantsTraces } from './trace-settings.ts'

/** Begins the traces of a gateway where they are wanted; what they need is loaded then only. */
export async function tracedStarts(
  log: Logger,
): Promise<{ interceptors: WorkflowClientInterceptor[]; stop(): Promise<void> } | undefined> {
  if (!wantsTraces()) return undefined
  const [{ startTracing }, { traceStarts }] = await Promise.all([import('./tracing.ts'), import('./trace-headers.ts')])
  const { stop } = startTracing('commit-suite-gateway', log)
  return { interceptors: [traceStarts], stop }
}
