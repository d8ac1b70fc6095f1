import { invalidInput } from '../contract/index.ts'

/** Whether traces are wanted: where they go is said, and nobody has turned them off. */
export function wantsTraces(env: NodeJS.ProcessEnv = process.env): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SDK_DISABLED } = env
  if (OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false
  return Boolean(OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_EXPORTER_OTLP_TRACES_ENDPOINT)
}

/** The share of traces that is kept, of `OTEL_TRACES_SAMPLER` the kind that there is here; undefined for all. */
export function traceRatio({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: given }: NodeJS.ProcessEnv) {
  if (!sampler || sampler === 'parentbased_always_on') return undefined
  if (sampler !== 'parentbased_traceidratio') {
    const rule = 'must be parentbased_always_on or parentbased_traceidratio'
    throw invalidInput('OTEL_TRACES_SAMPLER', sampler, rule, undefined, 'config_invalid')
  }
  const ratio = Number(given ?? 1)
  if (ratio >= 0 && ratio <= 1) return ratio
  throw invalidInput('OTEL_TRACES_SAMPLER_ARG', given, 'must be from 0 to 1', undefined, 'config_invalid')
}
