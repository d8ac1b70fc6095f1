import { z } from 'zod'

/** Where an environment is: in the gateway's cluster, or on the gateway's own machine. */
const PLACES = ['cluster', 'local'] as const
export type EnvironmentPlace = (typeof PLACES)[number]

/** An environment, as `environments list --json` prints it: a namespace of a cluster, or a folder of this machine. */
export const environmentSchema = z.object({
  place: z.enum(PLACES),
  namespace: z.string(),
  kind: z.enum(['lane', 'session']),
  suite: z.string().optional(),
  sha: z.string().optional(),
  repo: z.string().optional(),
  chat: z.string().optional(),
  user: z.string().optional(),
  key: z.string().optional(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  phase: z.string(),
  pods: z.int(),
  suites: z.array(z.string()),
  heldBy: z.array(z.string()),
  /** What its pods ask for now, or what its folder takes. */
  holding: z.object({ cpuMillis: z.int(), memoryBytes: z.int(), diskBytes: z.int() }),
  /** That times how long, so far, over all pods that are still there. */
  spent: z.object({ cpuHours: z.number(), memoryGibHours: z.number(), diskGibHours: z.number() }),
  /** `spent` at the operator's prices (`COMMIT_SUITE_PRICES`); null where there are none. */
  cost: z.object({ amount: z.number(), currency: z.string() }).nullable(),
})
export type EnvironmentDocument = z.infer<typeof environmentSchema>

export const environmentPlaceQuerySchema = z.strictObject({ place: z.enum(PLACES).default('cluster') })
export const listEnvironmentsQuerySchema = z.strictObject({ place: z.enum([...PLACES, 'all']).default('cluster') })
export const environmentListSchema = z.object({
  environments: z.array(environmentSchema),
  /** Of `all` places those that could not be looked at, and why: the code of an error and its words. */
  unreached: z.array(z.object({ place: z.enum(PLACES), code: z.string(), detail: z.string() })),
})
