import { backfillSchema, type SweepBackfill } from '../../contract/http/sweeps.ts'
import { badField, type CommitSuiteError, invalidInput, SWEEP_LIMITS } from '../../contract/index.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { sweepLines, sweepTable } from '../report/sweep.ts'
import type { Sweeps } from '../site/site.ts'
import { withSite } from '../site/with-site.ts'

/** Sweeps are in Temporal: it is started where it is not up. */
const withSweeps = (context: CliContext, use: (sweeps: Sweeps) => Promise<void>): Promise<ExitCode> =>
  withSite(context, (site) =>
    site.withStack({ resume: true }, async ({ control }) => {
      await use(control.sweeps)
      return EXIT.passing
    }),
  )

/** Prints the sweeps by name. */
export const listSweeps = (context: CliContext, { json }: { json: boolean }): Promise<ExitCode> =>
  withSweeps(context, async (sweeps) => {
    const listed = await sweeps.list()
    if (json) print(context, JSON.stringify(listed))
    else if (listed.length === 0) note(context, 'no sweep; commit-suite sweep create makes one')
    else print(context, sweepTable(context, listed))
  })

/** Prints a sweep, its firings and the tests that it knows to flake. */
export const showSweep = (context: CliContext, name: string, { json }: { json: boolean }): Promise<ExitCode> =>
  withSweeps(context, async (sweeps) => {
    const sweep = await sweeps.get(name)
    print(context, json ? JSON.stringify(sweep) : sweepLines(context, sweep).join('\n'))
  })

/** Fires a sweep now. */
export const triggerSweep = (context: CliContext, name: string, { json }: { json: boolean }): Promise<ExitCode> =>
  withSweeps(context, async (sweeps) => {
    const fired = await sweeps.trigger(name)
    print(
      context,
      json ? JSON.stringify(fired) : `${name} fired; commit-suite sweep show ${name} tells what comes of it`,
    )
  })

/** Makes the firings that there should have been between two times. */
export async function backfillSweep(context: CliContext, name: string, range: SweepBackfill): Promise<ExitCode> {
  const parsed = backfillSchema.safeParse(range)
  if (!parsed.success) throw ofOption(badField(range, parsed.error))
  return await withSweeps(context, async (sweeps) => {
    await sweeps.backfill(name, parsed.data)
    print(context, `${name} makes the firings from ${parsed.data.from} to ${parsed.data.to}`)
  })
}

function ofOption({ detail: { field = '', value, rule = '' } }: CommitSuiteError): CommitSuiteError {
  return invalidInput(`--${field}`, value, rule)
}

/** Pauses a sweep or lets it go on, with a note. */
export async function pauseSweep(
  context: CliContext,
  name: string,
  { paused, note: why }: { paused: boolean; note?: string | undefined },
): Promise<ExitCode> {
  if (why !== undefined && why.length > SWEEP_LIMITS.longestNote) {
    throw invalidInput('--note', why, `must be at most ${SWEEP_LIMITS.longestNote} characters`)
  }
  return await withSweeps(context, async (sweeps) => {
    const { nextRuns } = await sweeps.change(name, { paused, ...(why === undefined ? {} : { note: why }) })
    const next = nextRuns[0] === undefined ? '' : `; next: ${nextRuns[0]}`
    print(context, paused ? `${name} paused` : `${name} resumed${next}`)
  })
}

/** Deletes a sweep; what it fired stays. */
export const deleteSweep = (context: CliContext, name: string): Promise<ExitCode> =>
  withSweeps(context, async (sweeps) => {
    await sweeps.delete(name)
    print(context, `${name} deleted`)
  })
