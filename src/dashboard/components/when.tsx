import { signal } from '@preact/signals'
import { formatSpan } from '../../report/format.ts'

/** The time, a few times a minute: ages on the page move with it. */
export const now = signal(Date.now())
setInterval(() => {
  if (!document.hidden) now.value = Date.now()
}, 10_000)

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

function ago(sinceMs: number): string {
  if (sinceMs < MINUTE_MS) return 'just now'
  if (sinceMs < 3_600_000) return `${Math.floor(sinceMs / MINUTE_MS)} min ago`
  if (sinceMs < 2 * DAY_MS) return `${Math.floor(sinceMs / 3_600_000)} h ago`
  return `${Math.floor(sinceMs / DAY_MS)} days ago`
}

/** How long ago, or in how long; the exact time where the pointer rests. `at` is RFC 3339. */
export function When({ at }: { at: string | null }) {
  if (at === null) return <span class="quiet">–</span>
  const ms = now.value - Date.parse(at)
  const words = ms < -MINUTE_MS ? `in ${formatSpan(-ms)}` : ago(ms)
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {words}
    </time>
  )
}
