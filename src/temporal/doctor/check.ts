/** One line of the doctor's report. */
export interface Check {
  name: string
  status: 'ok' | 'warning' | 'failed'
  detail: string
  /** What to do about it; present unless the status is `ok`. */
  remedy?: string
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail })

export const warning = (name: string, detail: string, remedy: string): Check => ({
  name,
  status: 'warning',
  detail,
  remedy,
})

export const failed = (name: string, detail: string, remedy: string): Check => ({
  name,
  status: 'failed',
  detail,
  remedy,
})

/** Whether dotted version `found` is at least `oldest`; both compared number by number. */
export function isAtLeast(found: string, oldest: string): boolean {
  const [a, b] = [found, oldest].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let i = 0; i < (b?.length ?? 0); i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
