const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const NONE = '·'

/**
 * Failure rates as one character each, from none to all; a day without runs is a dot.
 *
 * @param rates null where there was nothing to rate
 */
export function sparkline(rates: readonly (number | null)[]): string {
  return rates.map(barOf).join('')
}

/** A rate above none is never drawn as none. */
function barOf(rate: number | null): string {
  if (rate === null) return NONE
  if (rate === 0) return BARS[0]
  return BARS[Math.max(1, Math.min(BARS.length - 1, Math.round(rate * (BARS.length - 1))))] ?? NONE
}
