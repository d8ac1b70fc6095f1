import { OPERATIONS } from '../contract/http/operations.ts'
import { type SuiteReport, suiteReportSchema } from '../contract/index.ts'
import type { CallOptions, Transport } from './transport.ts'
import { notAGateway } from './unavailable.ts'

/** The report of a suite with every run. Throws `CommitSuiteError`: `suite_not_found`, `gateway_unavailable`. */
export async function readReport(transport: Transport, suite: string, options?: CallOptions): Promise<SuiteReport> {
  const text = await transport.text(OPERATIONS.reportJson, { params: { suite } }, options)
  try {
    return suiteReportSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw notAGateway(transport.settings, 'answers something else than a report', cause)
  }
}
