import { expect, test } from 'vitest'
import { traceRatio, wantsTraces } from '../../../src/telemetry/trace-settings.ts'

test('traces are made where OpenTelemetry is told to send them, and nowhere else', () => {
  expect(wantsTraces({})).toBe(false)
  expect(wantsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBe(false)
  expect(wantsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' })).toBe(true)
  expect(wantsTraces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/v1/traces' })).toBe(true)
  expect(wantsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'true' })).toBe(false)
})

test('a share of traces is kept by the standard variables; what is not understood is refused', () => {
  expect(traceRatio({})).toBeUndefined()
  expect(traceRatio({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' })).toBe(0.1)
  expect(() => traceRatio({ OTEL_TRACES_SAMPLER: 'jaeger_remote' })).toThrow(/OTEL_TRACES_SAMPLER.*jaeger_remote/)
  const tooMuch = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }
  expect(() => traceRatio(tooMuch)).toThrow(/OTEL_TRACES_SAMPLER_ARG.*from 0 to 1/)
})
