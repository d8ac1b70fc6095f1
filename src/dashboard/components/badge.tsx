/** How something stands, as a word with a sign: colour says it again, and alone says nothing. */
const SIGNS: Record<string, string> = {
  passing: '✓',
  passed: '✓',
  completed: '✓',
  found: '✓',
  fixed: '✓',
  failing: '✕',
  failed: '✕',
  flaky: '≈',
  timed_out: 'T',
  crashed: 'C',
  error: 'E',
  inconclusive: '?',
  running: '▸',
  queued: '…',
  pending: '…',
  paused: '‖',
  cancelled: '–',
}

const wordOf = (status: string): string => status.replaceAll('_', ' ')

/** A status, an outcome or a verdict. */
export const Badge = ({ status }: { status: string }) => (
  <span class={`badge is-${status.replaceAll('_', '-')}`}>
    <span aria-hidden="true" class="badge-sign">
      {SIGNS[status] ?? '•'}
    </span>
    {wordOf(status)}
  </span>
)
