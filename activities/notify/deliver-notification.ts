import { ApplicationFailure } from '@temporalio/common'
import { CommitSuiteError, notifyWorkflowId } from '../../src/contract/index.ts'
import { deliver } from '../../src/notify/deliver.ts'
import { DeliveryFault } from '../../src/notify/fault.ts'
import type { DeliveryDeps, Notice } from '../../src/notify/notice.ts'
import type { NotifyFile } from '../../src/notify/schema.ts'
import { readReport } from '../../src/store/report.ts'
import type { Delivery, NotifyOutcome } from './api.ts'
import type { NotifyDeps } from './index.ts'
import { findTarget } from './targets.ts'

/** Below the activity's own time. */
const REQUESTS_WITHIN_MS = 60_000
/** Of a commit, and of all its commits: more than any message has room for. */
const TESTS = 50
const TESTS_IN_ALL = 2_000

/** Tells a target once; what it throws says whether and when Temporal tries again. */
export async function deliverNotification(deps: NotifyDeps, input: Delivery): Promise<NotifyOutcome> {
  const { target, file } = await findTarget(deps, input.target)
  const used = new Set<string>()
  const delivery: DeliveryDeps = {
    secretOf(name) {
      const value = secretOf(deps, input.suite, name)
      used.add(value)
      return value
    },
    signal: AbortSignal.timeout(REQUESTS_WITHIN_MS),
  }
  try {
    return await deliver(target, await noticeOf(deps, file, input), delivery, input.delivery)
  } catch (error) {
    throw error instanceof DeliveryFault ? asFailure(error, used) : error
  }
}

async function noticeOf({ store }: NotifyDeps, { dashboard }: NotifyFile, input: Delivery): Promise<Notice> {
  const { suite, target, extension } = input
  const commits = await store.suites.countCommits(suite)
  const tests = Math.max(1, Math.min(TESTS, Math.floor(TESTS_IN_ALL / Math.max(1, commits))))
  const { notifications: _, ...report } = await readReport(store, suite, { results: false, tests })
  const link = dashboard === undefined ? undefined : `${dashboard.replace(/\/+$/, '')}/#/suites/${suite}`
  return { target, report, link, delivery: notifyWorkflowId(suite, target, extension) }
}

function secretOf({ secrets }: NotifyDeps, suite: string, name: string): string {
  const value = secrets.valueOf(suite, name)
  if (value !== undefined && value !== '') return value
  throw new CommitSuiteError('secret_not_set', `notify: ${name} is not set in the environment of the worker.`, {
    field: name,
  })
}

/** What the other side said stands in histories: should it have repeated a secret, that does not. */
function asFailure({ message, retry, waitMs }: DeliveryFault, secrets: ReadonlySet<string>): ApplicationFailure {
  const masked = [...secrets].reduce((text, secret) => text.replaceAll(secret, '***'), message)
  return ApplicationFailure.create({
    message: masked,
    type: 'notification_failed',
    nonRetryable: !retry,
    ...(waitMs === undefined ? {} : { nextRetryDelay: waitMs }),
  })
}
