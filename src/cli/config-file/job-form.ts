import { split } from 'shlex'
import { z } from 'zod'
import { type Command, commandSchema, LIMITS, suiteRequestSchema } from '../../contract/index.ts'
import type { FileOptions } from './options.ts'

const argv = z
  .string()
  .max(8192)
  .transform((text, context): Command => {
    const words = splitWords(text)
    if (words !== undefined && words.length > 0) return { argv: words }
    const message = words === undefined ? 'has a quote that is not closed' : 'must not be empty'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .pipe(commandSchema)

/** A job `{repo, test_command, runs, parallelism}`; null stands for the default. */
export const jobFormSchema = z.strictObject({
  repo: suiteRequestSchema.shape.repo,
  test_command: argv.nullish(),
  runs: z.int().min(1).max(LIMITS.runsPerCommit).nullish(),
  parallelism: z.int().min(1).max(LIMITS.parallelism).nullish(),
})

/** The job's command was split as a shell would and runs without one. */
export function fromJobForm({ repo, test_command, runs, parallelism }: z.output<typeof jobFormSchema>): FileOptions {
  return {
    repo,
    ...(test_command == null ? {} : { command: test_command }),
    ...(runs == null ? {} : { runs }),
    ...(parallelism == null ? {} : { parallelism }),
  }
}

function splitWords(text: string): string[] | undefined {
  try {
    return split(text)
  } catch {
    return undefined
  }
}
