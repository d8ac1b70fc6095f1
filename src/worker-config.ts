import { availableParallelism } from 'node:os'
import { z } from 'zod'
import { type ErrorCode, invalidInput, parseDuration } from './contract/index.ts'

/** What a worker does: `orchestration` decides what happens next, `runs` makes it happen, `all` does both. */
export const WORKER_ROLES = ['all', 'orchestration', 'runs'] as const
export type WorkerRole = (typeof WORKER_ROLES)[number]

/** Shares of this machine, from 0 to 1, up to which a worker takes more. */
export interface UsageTargets {
  memory: number
  cpu: number
}

/** How a worker takes part in a fleet; see `docs/scaling.md`. */
export interface FleetConfig {
  role: WorkerRole
  /** Runs are taken as memory and CPU allow, up to the slots; undefined where the slots alone bound them. */
  usage: UsageTargets | undefined
  /** Told to end, finish the runs in hand for so long and give the lanes away; undefined: leave all to the next worker. */
  drainMs: number | undefined
  /** The worker deployment whose version this is; undefined without versions. */
  deployment: { name: string; buildId: string | undefined } | undefined
}

/**
 * Of a worker that commands start beside themselves: it does all, and its successor finds its runs on this host. The
 * embedded server has no other workers, and so no versions.
 */
export const supervisedFleet = (fleet: FleetConfig, { embedded }: { embedded: boolean }): FleetConfig => ({
  ...fleet,
  ...{ role: 'all', drainMs: undefined },
  deployment: embedded ? undefined : fleet.deployment,
})

export const fleetVariables = {
  COMMIT_SUITE_ROLE: z.enum(WORKER_ROLES).default('all'),
  COMMIT_SUITE_SLOTS: z.string().optional(),
  COMMIT_SUITE_SLOTS_MOST: z.coerce.number().int().min(1).max(1000).optional(),
  COMMIT_SUITE_SLOTS_MEMORY: z.coerce.number().int().min(1).max(100).default(80),
  COMMIT_SUITE_SLOTS_CPU: z.coerce.number().int().min(1).max(100).default(90),
  COMMIT_SUITE_DRAIN: z.string().optional(),
  COMMIT_SUITE_DEPLOYMENT: z.string().optional(),
  COMMIT_SUITE_BUILD_ID: z.string().optional(),
}
type FleetVariables = z.infer<z.ZodObject<typeof fleetVariables>>

/** Runs that mostly wait are many on a core; those that do not are held back by the targets. */
const AUTO_SLOTS_PER_CORE = 8
const MOST_SLOTS = 1000

/** Reads the variables of slots and fleet; throws `config_invalid`. */
export function fleetConfig(v: FleetVariables): { slots: number; fleet: FleetConfig } {
  const auto = v.COMMIT_SUITE_SLOTS === 'auto'
  const cores = availableParallelism()
  return {
    slots: auto
      ? (v.COMMIT_SUITE_SLOTS_MOST ?? Math.min(MOST_SLOTS, AUTO_SLOTS_PER_CORE * cores))
      : slotsOf(v.COMMIT_SUITE_SLOTS ?? String(cores)),
    fleet: Object.freeze({
      role: v.COMMIT_SUITE_ROLE,
      usage: auto ? { memory: v.COMMIT_SUITE_SLOTS_MEMORY / 100, cpu: v.COMMIT_SUITE_SLOTS_CPU / 100 } : undefined,
      drainMs: drainTime('COMMIT_SUITE_DRAIN', v.COMMIT_SUITE_DRAIN),
      deployment: deploymentOf(v),
    }),
  }
}

function slotsOf(text: string): number {
  const slots = Number(text)
  if (/^\d+$/.test(text) && slots >= 1 && slots <= MOST_SLOTS) return slots
  const rule = `must be a whole number from 1 to ${MOST_SLOTS}, or auto`
  throw invalidInput('COMMIT_SUITE_SLOTS', text, rule, undefined, 'config_invalid')
}

const LONGEST_DRAIN_MS = 24 * 3_600_000

/** A time that something may take to end; throws for one above a day. */
export function drainTime(
  field: string,
  text: string | undefined,
  code: ErrorCode = 'config_invalid',
): number | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text, field, code)
  if (ms <= LONGEST_DRAIN_MS) return ms
  throw invalidInput(field, text, 'must be at most 24h', undefined, code)
}

/** As servers have it: neither the dot of older ones nor the colon of newer ones, which part name and build id. */
const DEPLOYMENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/
const BUILD_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

function deploymentOf(v: FleetVariables): FleetConfig['deployment'] {
  const { COMMIT_SUITE_DEPLOYMENT: name, COMMIT_SUITE_BUILD_ID: buildId } = v
  if (name === undefined) return undefined
  if (!DEPLOYMENT_NAME.test(name)) {
    const rule = 'must be letters, digits, - and _, at most 100, the first a letter or digit'
    throw invalidInput('COMMIT_SUITE_DEPLOYMENT', name, rule, undefined, 'config_invalid')
  }
  if (buildId !== undefined && !BUILD_ID.test(buildId)) {
    const rule = 'must be letters, digits, ., - and _, at most 128, the first a letter or digit'
    throw invalidInput('COMMIT_SUITE_BUILD_ID', buildId, rule, undefined, 'config_invalid')
  }
  return { name, buildId }
}
