import { readFile } from 'node:fs/promises'
import type { Figure } from './figure.ts'
import type { BenchStack } from './stack.ts'

/** What /proc counts in, the same on every Linux. */
const MS_PER_TICK = 10

interface CpuTime {
  ownMs: number
  /** Of children that have ended and were waited for, with theirs. */
  childrenMs: number
}

async function cpuTime(pid: number | 'self'): Promise<CpuTime> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may hold anything; the fields after it begin with the third.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const ms = (field: number) => (fields[field - 3] ?? 0) * MS_PER_TICK
  return { ownMs: ms(14) + ms(15), childrenMs: ms(16) + ms(17) }
}

/** CPU time by part, in ms. */
export type CpuSplit = Record<string, number>

interface Part {
  name: string
  pid: number | 'self'
  of: keyof CpuTime
}

/** The parts of a stack, and what this process starts: the command line, or whatever it is compared with. */
export async function partsOf({ home, stack }: BenchStack): Promise<Part[]> {
  const runner = await home.runner()
  if (stack.workerPid === null || stack.serverPid === null || runner === undefined) {
    throw new Error('the stack is not complete: run something before measuring')
  }
  return [
    { name: 'worker', pid: stack.workerPid, of: 'ownMs' },
    { name: 'children of the worker', pid: stack.workerPid, of: 'childrenMs' },
    { name: 'Temporal server', pid: stack.serverPid, of: 'ownMs' },
    { name: 'runner', pid: runner.pid, of: 'ownMs' },
    { name: 'processes of the runs', pid: runner.pid, of: 'childrenMs' },
    COMMAND,
  ]
}

/** What this process starts and waits for. */
export const COMMAND: Part = { name: 'command', pid: 'self', of: 'childrenMs' }

/** CPU time that each part uses while the work lasts. */
export async function cpuDuring(parts: Part[], work: () => Promise<unknown>): Promise<CpuSplit> {
  const read = () => Promise.all(parts.map(async ({ pid, of }) => (await cpuTime(pid))[of]))
  const before = await read()
  await work()
  const after = await read()
  return Object.fromEntries(parts.map(({ name }, index) => [name, (after[index] ?? 0) - (before[index] ?? 0)]))
}

export function addUp(splits: CpuSplit[]): CpuSplit {
  const total: CpuSplit = {}
  for (const split of splits) for (const [name, ms] of Object.entries(split)) total[name] = (total[name] ?? 0) + ms
  return total
}

/** One figure for each part and one for all of them, divided by the runs. */
export function cpuFigures(prefix: string, split: CpuSplit, runs: number): Figure[] {
  const whole = Object.values(split).reduce((sum, ms) => sum + ms, 0)
  return Object.entries({ ...split, 'all of it': whole }).map(([name, ms]) => ({
    name: `${prefix}: CPU of ${name}, per run`,
    unit: 'CPU-ms',
    samples: [ms / runs],
  }))
}
