import { createColors } from 'picocolors'
import { type CliContext, print, wantsColor } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { DoctorCheck } from '../services.ts'
import { requireOwnMachine } from '../site/gateway.ts'
import { safeLine } from '../terminal-safe.ts'

const SIGNS: Record<DoctorCheck['status'], string> = { ok: 'ok  ', warning: 'warn', failed: 'FAIL' }

/** Prints what is installed and reachable, and what to do about what is not. Exit 3 where something failed. */
export async function examine(context: CliContext, { json }: { json: boolean }): Promise<ExitCode> {
  requireOwnMachine(context, 'doctor')
  const report = await context.services.runDoctor(context.services.config())
  if (json) print(context, JSON.stringify(report))
  else {
    const colors = createColors(wantsColor(context, context.stdout))
    const paint = { ok: colors.green, warning: colors.yellow, failed: colors.red }
    for (const { name, status, detail, remedy } of report.checks) {
      print(context, `${paint[status](SIGNS[status])}  ${name}: ${safeLine(detail)}`)
      if (remedy !== undefined && status !== 'ok') print(context, `      ${safeLine(remedy)}`)
    }
  }
  return report.checks.some(({ status }) => status === 'failed') ? EXIT.inconclusive : EXIT.passing
}
