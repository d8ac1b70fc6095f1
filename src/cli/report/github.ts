import { appendFile, stat } from 'node:fs/promises'
import type { SuiteReport } from '../../contract/index.ts'
import { documentPieces } from '../../report/formats.ts'
import { annotations } from '../../report/github/annotations.ts'
import { withinBytes } from '../../report/github/step-summary.ts'
import { overallVerdict } from '../../report/overall.ts'
import { type CliContext, note, type Output } from '../context.ts'

/** GitHub refuses the whole summary of a step beyond it. */
const SUMMARY_BYTES = 1024 * 1024

/** Tells GitHub Actions of a suite: annotations in the log, the step's summary, and `suite` and `verdict` as outputs. */
export async function tellGithub(context: CliContext, report: SuiteReport, log: Output): Promise<void> {
  for (const line of annotations(report)) log.write(`${line}\n`)
  const { GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = context.env
  await append(context, GITHUB_STEP_SUMMARY, async (sizeBytes) => {
    const text = await withinBytes(documentPieces('markdown', report), SUMMARY_BYTES - sizeBytes - 1)
    return text === '' ? '' : `${text}\n`
  })
  await append(context, GITHUB_OUTPUT, () => `suite=${report.suite}\nverdict=${overallVerdict(report)}\n`)
}

type Written = (sizeBytes: number) => string | Promise<string>

/** A file that cannot be written is no reason to lose the verdict. */
async function append(context: CliContext, path: string | undefined, write: Written): Promise<void> {
  if (path === undefined || path === '') return
  try {
    const { size } = await stat(path).catch(() => ({ size: 0 }))
    await appendFile(path, await write(size))
  } catch (error) {
    note(context, `warning: ${path} could not be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}
