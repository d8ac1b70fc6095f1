import { sendCheck } from './github/check.ts'
import { sendComment } from './github/comment.ts'
import type { Delivered, DeliveryDeps, Notice } from './notice.ts'
import type { Target } from './schema.ts'
import { sendSlack } from './slack.ts'
import { sendWebhook } from './webhook.ts'

/** Checks of one end of a suite: those of its last commits. */
const CHECKED = 20
const WHOLE = 'whole'

/** What a target is told one by one: of a check each commit, of others the whole. */
export function deliveriesOf(target: Target, { report }: Pick<Notice, 'report'>): string[] {
  return target.type === 'github-check' ? report.commits.slice(-CHECKED).map(({ sha }) => sha) : [WHOLE]
}

/** Tells a target; throws DeliveryFault. Repeated, it makes no second check and no second comment. */
export async function deliver(
  target: Target,
  notice: Notice,
  deps: DeliveryDeps,
  delivery: string,
): Promise<Delivered> {
  switch (target.type) {
    case 'github-check':
      return await sendCheck(target, notice, deps, delivery)
    case 'github-comment':
      return await sendComment(target, notice, deps)
    case 'slack':
      return await sendSlack(target, notice, deps)
    case 'webhook':
      return await sendWebhook(target, notice, deps)
  }
}
