import { z } from 'zod'
import { event } from './event-shape.ts'
import { isolationStatusSchema } from './isolation.ts'
import { askedQuestionSchema, companionSchema, isolationAnswerSchema, knownOrderSchema } from './isolation-report.ts'

/** Every step of an isolation, as readers with a cursor see it; `suite` is its id. */
export const isolationEventSchema = z.discriminatedUnion('type', [
  event('isolation.started', {
    repo: z.string(),
    sha: z.string(),
    subject: z.string(),
    test: z.string(),
    /** On record, of a run in which the test failed and of one in which it passed. */
    failing: knownOrderSchema.nullable(),
    passing: knownOrderSchema.nullable(),
    parallelism: z.int(),
    seed: z.int(),
  }),
  /** A question has its answer. */
  event('isolation.question', {
    ...askedQuestionSchema.shape,
    /** Tests of the smallest set known to have the effect; null before it is looked for. */
    left: z.int().nullable(),
    /** Runs made so far. */
    totalRuns: z.int(),
  }),
  event('isolation.finished', {
    status: isolationStatusSchema,
    answer: isolationAnswerSchema.nullable(),
    before: z.array(companionSchema),
    failure: z.string().optional(),
  }),
])
export type IsolationEvent = z.infer<typeof isolationEventSchema>
export type IsolationEventType = IsolationEvent['type']
export type IsolationEventData<T extends IsolationEventType> = Extract<IsolationEvent, { type: T }>['data']

/** An event before the store gives it its number: (isolation, type, ordinal) is written at most once. */
export type NewIsolationEvent = {
  [T in IsolationEventType]: {
    isolation: string
    type: T
    /** Number of the question; 0 for the others. */
    ordinal: number
    data: IsolationEventData<T>
  }
}[IsolationEventType]
