import type { Interval, SeverityThresholds, Verdict } from '../contract/index.ts'
import { alwaysValid } from './always-valid.ts'
import { clopperPearson, zeroFailureUpperBound } from './interval.ts'
import { severityOf } from './severity.ts'

/** The numbers of a verdict. */
type MeasuredRate = Pick<Verdict, 'failureRate' | 'interval' | 'upperBound' | 'severity'>

interface MeasureOptions {
  /** `clopper-pearson` only where the number of runs was fixed in advance. */
  method: Interval['method']
  /** 1 − α of the interval and of the upper bound. */
  level: number
  severityThresholds?: SeverityThresholds | undefined
}

/** Rate, interval and severity of y failures in n ≥ 1 runs; a one-sided upper bound beside them where y = 0. */
export function measureRate(failures: number, runs: number, options: MeasureOptions): MeasuredRate {
  const { method, level, severityThresholds } = options
  const failureRate = failures / runs
  const interval = method === 'always-valid' ? alwaysValid : clopperPearson
  return {
    failureRate,
    interval: interval(failures, runs, level),
    ...(failures === 0 ? { upperBound: zeroFailureUpperBound(runs, level) } : {}),
    severity: severityOf(failureRate, severityThresholds),
  }
}
