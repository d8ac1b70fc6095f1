import type { Severity, SeverityThresholds } from '../contract/index.ts'

export const DEFAULT_SEVERITY_THRESHOLDS: SeverityThresholds = { critical: 0.9, high: 0.5, medium: 0.1, low: 0.01 }

/** Severity of a failure rate; `none` below every threshold, without a rate and without a failure. */
export function severityOf(
  failureRate: number | null,
  thresholds: SeverityThresholds = DEFAULT_SEVERITY_THRESHOLDS,
): Severity {
  if (failureRate === null || failureRate === 0) return 'none'
  if (failureRate >= thresholds.critical) return 'critical'
  if (failureRate >= thresholds.high) return 'high'
  if (failureRate >= thresholds.medium) return 'medium'
  return failureRate >= thresholds.low ? 'low' : 'none'
}
