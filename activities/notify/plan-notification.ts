import { deliveriesOf } from '../../src/notify/deliver.ts'
import { isWanted } from '../../src/notify/notice.ts'
import { readReport } from '../../src/store/report.ts'
import type { NotifyInput } from './api.ts'
import type { NotifyDeps } from './index.ts'
import { findTarget } from './targets.ts'

export async function planNotification(
  deps: NotifyDeps,
  { suite, target: name }: NotifyInput,
): Promise<{ deliveries: string[] }> {
  const { target } = await findTarget(deps, name)
  const report = await readReport(deps.store, suite, { results: false, tests: 1 })
  return { deliveries: isWanted(target, report) ? deliveriesOf(target, { report }) : [] }
}
