import type { Interval, Verdict } from '../../contract/verdict.ts'
import { formatRate, percent } from '../../report/format.ts'

type Bounds = Pick<Interval, 'low' | 'high'>

interface RateProps {
  /** From 0 to 1; null where no run gave a result. */
  rate: number | null
  interval: Interval | null
  /** Where no run failed: the rate is at most that. */
  upperBound?: Verdict['upperBound']
  /** End of the scale; small rates are better seen on a small one. */
  scale?: number
}

/** At the end of its scale a rate is seen too. */
const WIDEST_POINT = 0.988

const share = (value: number, scale: number): string =>
  `${Math.min(100, Math.max(0, (value / scale) * 100)).toFixed(2)}%`

/** A failure rate in words, above a bar that shows it within its interval. */
export function Rate({ rate, interval, upperBound, scale = 1 }: RateProps) {
  const words = formatRate({ failureRate: rate, interval, ...(upperBound === undefined ? {} : { upperBound }) })
  const bounds: Bounds | null = upperBound === undefined ? interval : { low: 0, high: upperBound.value }
  return (
    <span class="rate" data-testid="rate" title={titleOf(interval)}>
      <span class="rate-words">{words}</span>
      {rate === null ? null : (
        <svg class="rate-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect class="rate-scale" x="0" y="3" width="100%" height="2" />
          {bounds === null ? null : (
            <rect
              class="rate-interval"
              x={share(bounds.low, scale)}
              y="1"
              width={share(bounds.high - bounds.low, scale)}
              height="6"
            />
          )}
          <rect
            class="rate-point"
            x={share(Math.min(rate, scale * WIDEST_POINT), scale)}
            y="0"
            width="1.2"
            height="8"
          />
        </svg>
      )}
    </span>
  )
}

function titleOf(interval: Interval | null): string | undefined {
  if (interval === null) return undefined
  const { method, level, low, high } = interval
  return `${percent(level)} interval ${percent(low)} to ${percent(high)}, ${method}`
}
