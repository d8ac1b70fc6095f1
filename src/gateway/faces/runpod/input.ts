import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  type ExecutorName,
  invalidInput,
  JOB_FRAMEWORKS,
  jobFrameworkSchema,
  jobParallelismSchema,
  jobRefSchema,
  jobRunsSchema,
  type SuiteRequest,
  testCommandSchema,
} from '../../../contract/index.ts'
import { splitCommand } from '../../../documents/flaky-detector/split-command.ts'

const repoRule = 'is required: a URL of 1 to 4096 characters'
const commitRule = 'must name one commit, in 1 to 1024 characters'

/** Python's clients send None for what they leave open. */
const open = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const inputSchema = z.object({
  repo: z.string(repoRule).min(1, repoRule).max(4096, repoRule),
  test_command: open(testCommandSchema),
  // What names several would be a range or a list, which a job has no place for in its answer.
  commit: open(
    z
      .string(commitRule)
      .min(1, commitRule)
      .max(1024, commitRule)
      .regex(/^(?!.*\.\.)[^,]*$/, commitRule),
  ),
  runs: open(jobRunsSchema),
  parallelism: open(jobParallelismSchema),
  framework: open(z.enum(jobFrameworkSchema.options, `must be one of ${jobFrameworkSchema.options.join(', ')}`)),
})

const MOST_IGNORED = 20
const LONGEST_NAME = 100

export interface JobPlace {
  endpoint: string
  /** Name of the caller's key. */
  key: string | null
  executor: ExecutorName
}

/**
 * The suite that a client's body asks for. Fields that are not known are ignored, by name.
 *
 * @throws CommitSuiteError `invalid_input` naming field, value and bounds
 */
export function jobRequest(body: unknown, { endpoint, key, executor }: JobPlace): SuiteRequest & { id: string } {
  const { input, ...besides } = asObject(body, 'body')
  const given = asObject(input, 'input')
  const { repo, test_command: command, commit, runs, parallelism, framework } = parse(given)
  const known = Object.keys(inputSchema.shape)
  const ignored = [...Object.keys(besides), ...Object.keys(given).filter((name) => !known.includes(name))]
  return {
    id: `job-${randomUUID().replaceAll('-', '')}`,
    repo,
    commits: [commit ?? 'HEAD'],
    ...(command === undefined ? {} : { command: { argv: wordsOf(command) } }),
    ...(runs === undefined ? {} : { runs }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(framework === undefined ? {} : { projectType: JOB_FRAMEWORKS[framework].projectType }),
    job: {
      endpoint: endpointOf(endpoint),
      ...(framework === undefined ? {} : { framework }),
      ...(ignored.length === 0
        ? {}
        : { ignored: ignored.slice(0, MOST_IGNORED).map((name) => name.slice(0, LONGEST_NAME)) }),
    },
    executor,
    network: { key },
  }
}

function asObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw invalidInput(field, value ?? null, 'must be an object', 'Send {"input": {"repo": "…", …}}.')
}

function parse(input: Record<string, unknown>) {
  const parsed = inputSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = String(issue?.path[0] ?? 'input')
  throw invalidInput(field, input[field] ?? null, issue?.message ?? 'is not valid')
}

function wordsOf(command: string): string[] {
  const words = splitCommand(command)
  if ('argv' in words) return words.argv
  throw invalidInput('test_command', command, words.rule)
}

function endpointOf(endpoint: string): string {
  const parsed = jobRefSchema.shape.endpoint.safeParse(endpoint)
  if (parsed.success) return parsed.data
  throw invalidInput('endpoint', endpoint, 'must be letters, digits, ".", "_" and "-", 1 to 100 of them')
}
