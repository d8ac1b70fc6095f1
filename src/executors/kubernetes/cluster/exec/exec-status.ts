import { z } from 'zod'
import { ExecFailed, execFault } from './exec-failed.ts'

const statusSchema = z.object({
  status: z.string(),
  message: z.string().optional(),
  reason: z.string().optional(),
  code: z.number().optional(),
  details: z
    .object({ causes: z.array(z.object({ reason: z.string().optional(), message: z.string().optional() })).optional() })
    .nullish(),
})

/** The exit code in the Status object of the error channel; throws where it tells of another failure. */
export function exitCodeOf(json: string): number {
  const status = parse(json)
  if (status.status === 'Success') return 0
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')
  if (status.reason === 'NonZeroExitCode' && cause?.message !== undefined) return Number(cause.message)
  throw execFault(status.message ?? 'the command could not be started')
}

function parse(json: string): z.infer<typeof statusSchema> {
  try {
    return statusSchema.parse(JSON.parse(json))
  } catch (error) {
    throw new ExecFailed('lost', `How the command ended was not told: ${json.slice(0, 200)}`, undefined, {
      cause: error,
    })
  }
}
