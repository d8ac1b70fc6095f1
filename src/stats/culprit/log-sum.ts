/** ln(eᵃ + eᵇ); −∞ is the logarithm of nothing. */
export function logSum(a: number, b: number): number {
  const larger = Math.max(a, b)
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger))
}
