import { z } from 'zod'
import {
  clusterRefSchema,
  parseDuration,
  parseSize,
  runLimitsSchema,
  suiteRequestSchema,
} from '../../contract/index.ts'
import { commandLikeSchema } from '../../documents/command-like.ts'
import { testedKeysSchema } from '../../documents/commit-suite-file/schema.ts'
import type { FileOptions } from './options.ts'

const { shape } = suiteRequestSchema

const oneOrMore = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((ref) => ref.trim()) : value),
  shape.commits.unwrap(),
)

/** A whole number, or text that `parse` reads; its complaint becomes the rule of the message. */
function measured(parse: (text: string, field: string) => number, example: string) {
  return z
    .union([z.number(), z.string()], { error: `must be a number or text such as ${example}` })
    .transform((value, context) => {
      if (typeof value === 'number') return value
      try {
        return parse(value, 'value')
      } catch {
        context.addIssue({ code: 'custom', message: `must be a number or text such as ${example}` })
        return z.NEVER
      }
    })
}

const limitsSchema = runLimitsSchema.extend({
  memoryBytes: measured(parseSize, '512MiB')
    .pipe(z.int().min(16 * 1024 * 1024))
    .optional(),
})

const gatewaySchema = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })

/**
 * Our own file. MAINTENANCE: each option of suiteRequestSchema stands here without its default, of a cluster the
 * context alone (a test compares the keys).
 */
export const ownFormSchema = z.strictObject({
  id: shape.id,
  repo: shape.repo.optional(),
  commits: oneOrMore.optional(),
  firstParent: shape.firstParent.unwrap().optional(),
  command: commandLikeSchema.optional(),
  workdir: shape.workdir.unwrap().optional(),
  setup: z
    .union([commandLikeSchema, z.null(), z.literal(false)], { error: 'must be a command, or null for none' })
    .optional(),
  runs: shape.runs,
  seeds: shape.seeds,
  seed: shape.seed,
  parallelism: shape.parallelism,
  timeout: measured(parseDuration, '90s').pipe(shape.timeoutMs.unwrap()).optional(),
  timeoutMs: shape.timeoutMs.unwrap().optional(),
  projectType: shape.projectType,
  executor: shape.executor.unwrap().optional(),
  isolation: shape.isolation,
  context: clusterRefSchema.shape.context,
  until: shape.until,
  maxFlakeRate: shape.maxFlakeRate,
  confidence: shape.confidence,
  shuffle: shape.shuffle,
  reports: shape.reports,
  env: shape.env.unwrap().optional(),
  secretEnv: shape.secretEnv.unwrap().optional(),
  limits: limitsSchema.optional(),
  keep: shape.keep.unwrap().optional(),
  priority: shape.priority.unwrap().optional(),
  notify: shape.notify,
  gatewayUrl: gatewaySchema.optional(),
  junit: z.string().min(1).optional(),
  output: z.string().min(1).optional(),
  detach: z.boolean().optional(),
  follow: z.boolean().optional(),
  json: z.boolean().optional(),
})

/**
 * What a project's file may say: not under which id to start, nor to whom to send keys or results or on whose cluster to
 * run, but also what holds for the tests of the commit that it lies in.
 */
export const projectFormSchema = ownFormSchema
  .omit({ id: true, gatewayUrl: true, context: true, notify: true })
  .extend(testedKeysSchema.shape)

/** Turns the file's conveniences into options: `timeout` into `timeoutMs`, `setup: false` into none, and so on. */
export function fromOwnForm(parsed: z.output<typeof ownFormSchema>): FileOptions {
  const { timeout, setup, context, ...rest } = parsed
  return {
    ...rest,
    ...(context === undefined ? {} : { cluster: { context } }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(setup === undefined ? {} : { setup: setup === false ? null : setup }),
  }
}
