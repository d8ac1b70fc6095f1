import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import { packageVersion } from '../package-version.ts'
import { traceRatio } from './trace-settings.ts'

export interface Tracing {
  /** Sends what is left and ends; no longer than a shutdown has time for. */
  stop(): Promise<void>
}

const FLUSH_WITHIN_MS = 2_000

/**
 * Sends spans over OTLP/HTTP to where the standard variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS`,
 * `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`). Spans are lost, and said to be, while nobody takes them; work never
 * waits for that.
 */
export function startTracing(service: string, log: Logger, env: NodeJS.ProcessEnv = process.env): Tracing {
  const ratio = traceRatio(env)
  const said = (message: string): void => log.warn({ source: 'opentelemetry', cause: message.slice(0, 500) }, 'traces')
  const quiet = (): void => undefined
  diag.setLogger({ error: said, warn: said, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.WARN)
  const own = resourceFromAttributes({ 'service.name': service, 'service.version': packageVersion() })
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
    ...(ratio === undefined ? {} : { sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }) }),
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  return {
    async stop() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_WITHIN_MS).unref())
      await Promise.race([provider.shutdown().catch(() => undefined), late])
    },
  }
}
