import { IncomingWebhook, IncomingWebhookHTTPError, type IncomingWebhookSendArguments } from '@slack/webhook'
import type { ReportedCommit } from '../contract/index.ts'
import { failedRuns, judgedRuns } from '../report/failing-runs.ts'
import { count, formatRate } from '../report/format.ts'
import { failedTests } from '../report/told-tests.ts'
import { DeliveryFault, faultOfAnswer } from './fault.ts'
import { type Delivered, type DeliveryDeps, headline, type Notice, secretUrl } from './notice.ts'
import type { SlackTarget } from './schema.ts'

/** Slack takes 50 blocks a message and 3,000 characters a text. */
const COMMITS = 20
const TESTS = 5
const LONGEST_TEXT = 2900

/** Mentions, links and formatting are made with these; Slack reads the entities back. */
const unmarked = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('@', '@\u2060')

/** Text that Slack leaves as it is: neither mention nor link nor formatting. */
const plainSection = (text: string) => ({
  type: 'section' as const,
  text: { type: 'plain_text' as const, text: text.slice(0, LONGEST_TEXT), emoji: false },
})

/** The message: names of commits and tests are plain text, whatever they hold. */
function slackMessage({ report, link }: Notice): IncomingWebhookSendArguments {
  const { suite, repo, commits, failure } = report
  const wrong = commits.filter(({ verdict }) => verdict !== 'passing')
  const told = wrong.slice(0, COMMITS)
  const more = wrong.length > told.length ? [plainSection(`and ${count(wrong.length - told.length)} more`)] : []
  const open = link === undefined ? [] : [linkSection(link)]
  return {
    text: unmarked(`${suite}: ${headline(report)}`),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: `${suite}: ${headline(report)}`.slice(0, 150), emoji: false },
      },
      plainSection(repo),
      ...(failure === undefined ? [] : [plainSection(failure)]),
      ...told.map((commit) => plainSection(commitText(commit))),
      ...more,
      ...open,
    ],
    unfurl_links: false,
    unfurl_media: false,
  }
}

/** The operator's own address. */
const linkSection = (link: string) => ({
  type: 'section' as const,
  text: { type: 'mrkdwn' as const, text: `<${encodeURI(link)}|Open the suite>`, verbatim: true },
})

function commitText(commit: ReportedCommit): string {
  const { sha, subject, verdict } = commit
  const { told, more } = failedTests(commit, TESTS)
  const lines = told.map((test) => `  ${test.id}: ${count(test.failed)}/${count(test.runs)}, ${formatRate(test)}`)
  const runs = `${count(failedRuns(commit))}/${count(judgedRuns(commit))} runs failed, ${formatRate(commit)}`
  return [
    `${sha.slice(0, 12)} ${subject}`,
    `${verdict}: ${runs}`,
    ...lines,
    ...(more === 0 ? [] : [`  and ${count(more)} more`]),
  ].join('\n')
}

/** Posts to an incoming webhook. Slack knows no ids of messages: one whose answer was lost comes twice. */
export async function sendSlack({ urlEnv }: SlackTarget, notice: Notice, deps: DeliveryDeps): Promise<Delivered> {
  let answered: Response | undefined
  const webhook = new IncomingWebhook(secretUrl(urlEnv, deps), {
    // The library's errors leave out the headers, and with them what Slack asks to be left alone for.
    async fetch(url, { signal: _, ...request } = {}) {
      answered = await fetch(url, { ...request, signal: deps.signal })
      return answered
    },
  })
  try {
    await webhook.send(slackMessage(notice))
    return { status: 'sent', detail: 'Slack took it' }
  } catch (error) {
    // Other messages of the library may hold the address, which is a secret.
    if (!(error instanceof IncomingWebhookHTTPError)) throw new DeliveryFault('Slack does not answer', { retry: true })
    const header = (name: string) => answered?.headers.get(name) ?? undefined
    throw faultOfAnswer({ who: 'Slack', status: error.statusCode, header, said: error.body })
  }
}
