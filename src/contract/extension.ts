import { z } from 'zod'
import { invalidInput } from './errors.ts'
import { badField } from './parse-request.ts'
import { LIMITS, seedSchema } from './suite.ts'

/**
 * What `extend` adds to a suite: `runs` more for each commit, under new seeds (drawn on from the suite's own, or `seeds`
 * one by one), and with `errors` another generation of the runs that ended `error` or `cancelled` or never came about.
 */
export const extensionRequestSchema = z.strictObject({
  runs: z.int().min(1).max(LIMITS.runsPerCommit).optional(),
  seeds: z.array(seedSchema).min(1).max(LIMITS.runsPerCommit).optional(),
  errors: z.boolean().optional(),
})
export type ExtensionRequest = z.infer<typeof extensionRequestSchema>

/** An extension that asks for something: `runs` is 0 where only errors are repeated. */
export interface SoundExtension {
  runs: number
  /** Undefined where they are drawn. */
  seeds: number[] | undefined
  errors: boolean
}

const numberedExtensionSchema = extensionRequestSchema.extend({ number: z.int().min(1) })
/** What the workflow of an extended suite is given: the extensions of a suite are numbered from 1. */
export type NumberedExtension = z.infer<typeof numberedExtensionSchema>

/** Throws `invalid_input` naming field, value and rule, also for an extension that would add nothing. */
export function parseExtension(input: unknown): SoundExtension {
  const parsed = extensionRequestSchema.safeParse(input)
  if (!parsed.success) throw badField(input, parsed.error)
  return soundExtension(parsed.data)
}

/** The same for one with its number. */
export function parseNumberedExtension(input: unknown): SoundExtension & { number: number } {
  const parsed = numberedExtensionSchema.safeParse(input)
  if (!parsed.success) throw badField(input, parsed.error)
  return { ...soundExtension(parsed.data), number: parsed.data.number }
}

function soundExtension({ runs, seeds, errors = false }: ExtensionRequest): SoundExtension {
  if (runs === undefined && seeds === undefined && !errors) {
    throw invalidInput('runs', null, 'nothing to extend by', 'Give runs (how many more), errors, or both.')
  }
  const seen = new Set<number>()
  const repeated = seeds?.find((seed) => seen.size === seen.add(seed).size)
  if (repeated !== undefined) throw invalidInput('seeds', repeated, 'each seed may be given once')
  if (seeds !== undefined && runs !== undefined && runs !== seeds.length) {
    throw invalidInput('runs', runs, `the ${seeds.length} seeds set the number of runs`, 'Leave runs out.')
  }
  return { runs: seeds?.length ?? runs ?? 0, seeds, errors }
}
