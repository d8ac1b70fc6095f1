import type { Holding, Spending } from './environment-access.ts'

const HOUR_MS = 3_600_000
const GIB = 1024 ** 3

/** What it comes to when that much is held for so long. */
export function heldFor({ cpuMillis, memoryBytes, diskBytes }: Holding, ms: number): Spending {
  const hours = Math.max(0, ms) / HOUR_MS
  return {
    cpuHours: (cpuMillis / 1000) * hours,
    memoryGibHours: (memoryBytes / GIB) * hours,
    diskGibHours: (diskBytes / GIB) * hours,
  }
}

export const NO_HOLDING: Holding = { cpuMillis: 0, memoryBytes: 0, diskBytes: 0 }
export const NO_SPENDING: Spending = { cpuHours: 0, memoryGibHours: 0, diskGibHours: 0 }

export const addHoldings = (a: Holding, b: Holding): Holding => ({
  cpuMillis: a.cpuMillis + b.cpuMillis,
  memoryBytes: a.memoryBytes + b.memoryBytes,
  diskBytes: a.diskBytes + b.diskBytes,
})

export const addSpending = (a: Spending, b: Spending): Spending => ({
  cpuHours: a.cpuHours + b.cpuHours,
  memoryGibHours: a.memoryGibHours + b.memoryGibHours,
  diskGibHours: a.diskGibHours + b.diskGibHours,
})
