import type { RunTests } from '../src/contract/index.ts'
import type { RunCompletion } from '../src/executors/executor.ts'
import type { FrameworkName } from '../src/frameworks/framework.ts'
import { readRunTests } from '../src/frameworks/reports/read-run-tests.ts'
import { runFields } from '../src/telemetry/log-fields.ts'
import type { ActivityDeps } from './deps.ts'
import type { PlannedRun } from './planned-run.ts'

const HEARTBEAT_MS = 1000

export interface ReadingTests {
  framework: FrameworkName | null
  /** Values that must not be stored. */
  masked: readonly Buffer[]
  /** Called about once a second while reports are read. */
  heartbeat: () => void
}

/**
 * What the reports of a run say of its tests, however it ended: of one that was cut short they count where they are sound
 * all the same. Undefined where it left none.
 */
export async function readTests(
  { log }: Pick<ActivityDeps, 'log'>,
  planned: Pick<PlannedRun, 'key' | 'seed' | 'try'>,
  { files, leftOut, stdout }: RunCompletion,
  { framework, masked, heartbeat }: ReadingTests,
): Promise<RunTests | undefined> {
  const beating = setInterval(heartbeat, HEARTBEAT_MS)
  try {
    const secrets = masked.map((secret) => secret.toString())
    const tests = await readRunTests({ files, leftOut, stdout, framework, secrets })
    const unreadable = tests?.unreadable ?? []
    if (unreadable.length > 0) log.activities.warn({ ...runFields(planned), unreadable }, 'reports cannot be read')
    return tests
  } finally {
    clearInterval(beating)
  }
}
