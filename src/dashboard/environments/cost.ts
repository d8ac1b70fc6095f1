import type { EnvironmentDocument } from '../../contract/http/environments.ts'
import { count } from '../../report/format.ts'

type Holding = EnvironmentDocument['holding']
type Spending = EnvironmentDocument['spent']
type Cost = NonNullable<EnvironmentDocument['cost']>

const GIB = 1024 ** 3
const MIB = 1024 ** 2

/** `0.5`, `12`, `1,204`: three digits that count. */
function short(value: number): string {
  if (value >= 100) return count(Math.round(value))
  return String(Number(value.toPrecision(2)))
}

function bytes(value: number): string {
  if (value >= GIB) return `${short(value / GIB)} GiB`
  return value >= MIB ? `${short(value / MIB)} MiB` : `${short(value / 1024)} KiB`
}

/** `2 CPU, 4 GiB memory, 1 GiB disk`; what is not held is not named. */
export function holdingWords({ cpuMillis, memoryBytes, diskBytes }: Holding): string {
  const parts = [
    ...(cpuMillis === 0 ? [] : [`${short(cpuMillis / 1000)} CPU`]),
    ...(memoryBytes === 0 ? [] : [`${bytes(memoryBytes)} memory`]),
    ...(diskBytes === 0 ? [] : [`${bytes(diskBytes)} disk`]),
  ]
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

/** Below that it rounds to nothing. */
const LEAST_HOURS = 0.005

/** `6 CPU-hours, 12 GiB-hours memory`; what comes to next to nothing is not named. */
export function spentWords({ cpuHours, memoryGibHours, diskGibHours }: Spending): string {
  const parts = [
    ...(cpuHours < LEAST_HOURS ? [] : [`${short(cpuHours)} CPU-hours`]),
    ...(memoryGibHours < LEAST_HOURS ? [] : [`${short(memoryGibHours)} GiB-hours memory`]),
    ...(diskGibHours < LEAST_HOURS ? [] : [`${short(diskGibHours)} GiB-hours disk`]),
  ]
  return parts.length === 0 ? 'next to nothing' : parts.join(', ')
}

/** `1.23 EUR` */
export function costWords({ amount, currency }: Cost): string {
  const number = amount > 0 && amount < 0.01 ? '< 0.01' : amount.toLocaleString('en-US', TWO_DIGITS)
  return `${number} ${currency}`.trimEnd()
}

const TWO_DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 }

export interface Totals {
  holding: Holding
  spent: Spending
  /** Null where there are no prices. */
  cost: Cost | null
}

/** What all of them come to. */
export function totalsOf(environments: readonly EnvironmentDocument[]): Totals {
  const sum = (of: (one: EnvironmentDocument) => number): number =>
    environments.reduce((total, one) => total + of(one), 0)
  const currency = environments.find(({ cost }) => cost !== null)?.cost?.currency
  return {
    holding: {
      cpuMillis: sum(({ holding }) => holding.cpuMillis),
      memoryBytes: sum(({ holding }) => holding.memoryBytes),
      diskBytes: sum(({ holding }) => holding.diskBytes),
    },
    spent: {
      cpuHours: sum(({ spent }) => spent.cpuHours),
      memoryGibHours: sum(({ spent }) => spent.memoryGibHours),
      diskGibHours: sum(({ spent }) => spent.diskGibHours),
    },
    cost: currency === undefined ? null : { amount: sum(({ cost }) => cost?.amount ?? 0), currency },
  }
}

/** Those that hold or have cost most first; their order stays when nothing else tells them apart. */
export const byCost = (environments: readonly EnvironmentDocument[]): EnvironmentDocument[] =>
  environments.toSorted(
    (a, b) =>
      (b.cost?.amount ?? 0) - (a.cost?.amount ?? 0) ||
      b.spent.cpuHours - a.spent.cpuHours ||
      b.spent.memoryGibHours - a.spent.memoryGibHours ||
      b.spent.diskGibHours - a.spent.diskGibHours ||
      (a.namespace < b.namespace ? -1 : 1),
  )
