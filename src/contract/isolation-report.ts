import { z } from 'zod'
import { commandSchema } from './command.ts'
import { idSchema, shaSchema } from './ids.ts'
import { isolationStatusSchema } from './isolation.ts'
import { intervalSchema } from './verdict.ts'

/** How an isolation may end. */
const ISOLATION_ANSWERS = [
  /** It passes alone and fails after these tests. */
  'polluter',
  /** It fails alone and passes after these tests. */
  'brittle',
  /** It fails alone, and no order is known in which it passes. */
  'fails-alone',
  /** It passes alone and after all that came before it. */
  'not-order-dependent',
  'not-enough-evidence',
] as const
export const isolationAnswerSchema = z.enum(ISOLATION_ANSWERS)
export type IsolationAnswer = z.infer<typeof isolationAnswerSchema>

/** Failures of the victim among its runs with a result in one company; the rate is null without a run. */
export const victimRateSchema = z.object({
  runs: z.int(),
  failures: z.int(),
  failureRate: z.number().nullable(),
  interval: intervalSchema.nullable(),
})
export type VictimRate = z.infer<typeof victimRateSchema>

/** A test that has to run before the victim; of `needed: false` that could not be found out. */
export const companionSchema = z.object({ test: z.string(), needed: z.boolean() })

/** What the victim was run in, and whether it failed there. */
export const askedQuestionSchema = z.object({
  /** From 1. */
  number: z.int(),
  /** `whole` and `shuffled` are all tests, to learn an order; `before` are some of those before the victim. */
  company: z.enum(['alone', 'before', 'whole', 'shuffled']),
  /** Of `before`. */
  tests: z.int(),
  /** The first of them. */
  names: z.array(z.string()),
  runs: z.int(),
  failures: z.int(),
  /** Null while it is open, and where it was not needed any more. */
  answer: z.enum(['fails', 'passes', 'undecided']).nullable(),
})
export type AskedQuestion = z.infer<typeof askedQuestionSchema>

/** Where the tests before the victim are known from. */
export const knownOrderSchema = z.object({
  /** `record`: of a run on record; `project`: as the project orders them; `shuffled`: made up. */
  from: z.enum(['record', 'project', 'shuffled']),
  /** Of `record`. */
  run: z.string().nullable(),
  /** Tests before the victim. */
  tests: z.int(),
  /** Tests that cannot be called by name, and were never run. */
  leftOut: z.int(),
})
export type KnownOrder = z.infer<typeof knownOrderSchema>

/** The document that `isolate --json` prints. */
export const isolationReportSchema = z.object({
  isolation: idSchema,
  repo: z.string(),
  /** Null until it is known. */
  sha: shaSchema.nullable(),
  test: z.string(),
  command: commandSchema.nullable(),
  status: isolationStatusSchema,
  /** Why an isolation `failed`, in words; absent otherwise. */
  failure: z.string().optional(),
  startedAt: z.string(),
  durationMs: z.int(),
  seed: z.int(),
  confidence: z.number(),
  minRate: z.number(),
  /** Null until there is one. */
  answer: isolationAnswerSchema.nullable(),
  /** Why the evidence is not enough. */
  reason: z.string().nullable(),
  /** Of `polluter` and `brittle`: what has to run before the test, in this order. */
  before: z.array(companionSchema),
  /** Of the test alone. */
  alone: victimRateSchema.nullable(),
  /** After the tests of `before`; of other answers after all tests of an order. */
  together: victimRateSchema.nullable(),
  /** What people type in the working directory of the commit. */
  commands: z.object({ alone: z.string(), together: z.string().nullable() }).nullable(),
  /** A failing run of the test after those of `before`, or alone where it is brittle. */
  example: z.object({ run: z.string(), replay: z.string() }).nullable(),
  /** That was looked into; null until one is known. */
  order: knownOrderSchema.nullable(),
  /** Random orders that were tried. */
  shuffles: z.int(),
  /** Of `not-enough-evidence`: the smallest set known to have the effect; at most 100 of them. */
  smallest: z.object({ tests: z.int(), names: z.array(z.string()) }).nullable(),
  /** Made by this isolation. */
  runs: z.int(),
  questions: z.array(askedQuestionSchema),
})
export type IsolationReport = z.infer<typeof isolationReportSchema>
