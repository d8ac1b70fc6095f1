import { z } from 'zod'
import { commandLikeSchema } from '../../documents/command-like.ts'
import { FRAMEWORK_NAMES } from '../framework.ts'
import { imageSchema } from './container-schema.ts'
import { quantitySchema } from './quantity.ts'

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const
const quantitiesSchema = z.partialRecord(z.enum(RESOURCES), quantitySchema)
const globSchema = z.string().min(1, 'must not be empty').max(1024)
const MOST_GLOBS = 100

/** What `template.yaml` may say. */
export const templateSchema = z.strictObject({
  description: z.string().max(500).default(''),
  /** What a project of this type may be tested with; the last one is assumed where none is recognised. */
  frameworks: z.array(z.enum(FRAMEWORK_NAMES)).default([]),
  /** Default test command; absent where the framework knows one. */
  command: commandLikeSchema.optional(),
  /** Commands of the set-up; absent where the framework finds them, [] for none. */
  setup: z.array(commandLikeSchema).optional(),
  /** Image of the pods, where `test-pod.yaml` names none. */
  image: imageSchema.optional(),
  /** Of a run's pod, as Kubernetes quantities, where `test-pod.yaml` says nothing. */
  resources: z
    .strictObject({ requests: quantitiesSchema.default({}), limits: quantitiesSchema.default({}) })
    .default({ requests: {}, limits: {} }),
  /** Globs of report files, relative to the working directory. */
  reports: z
    .union([globSchema, z.array(globSchema).max(MOST_GLOBS)], { error: 'must be a glob or a list of globs' })
    .transform((globs) => (typeof globs === 'string' ? [globs] : globs))
    .default([]),
  /** Globs of other files to keep from each run. */
  artifacts: z.array(globSchema).max(MOST_GLOBS).default([]),
  /** Variables of every run; those of the suite win. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(32_768)).default({}),
})
