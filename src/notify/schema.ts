import { z } from 'zod'
import { idSchema } from '../contract/index.ts'

/** Ends of a suite, by its status and the verdicts of its commits. */
const CONDITIONS = ['always', 'passing', 'flaky', 'failing', 'inconclusive', 'failed', 'cancelled'] as const
const variableRule = 'must be the name of an environment variable, not its value'
const variable = z.string(variableRule).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, variableRule)

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const plainUrl = httpUrl.refine((url) => {
  const { username, password } = new URL(url)
  return username === '' && password === ''
}, 'must not hold a user or password')

const shared = {
  /** When it is told: where any of these holds. */
  on: z
    .array(z.enum(CONDITIONS, `must be one of ${CONDITIONS.join(', ')}`))
    .min(1)
    .default(['always']),
}

const github = {
  ...shared,
  tokenEnv: variable,
  apiUrl: plainUrl.default('https://api.github.com'),
  /** That of the suite where it is left out. */
  repository: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}\/[A-Za-z0-9._-]{1,100}$/, 'must be owner/name')
    .optional(),
}

const checkSchema = z.strictObject({
  type: z.literal('github-check'),
  ...github,
  /** Of the check, as branch rules know it. */
  name: z.string().min(1).max(100).default('Commit Suite'),
})

const commentSchema = z.strictObject({
  type: z.literal('github-comment'),
  ...github,
  /** The open one that has the newest commit tested where it is left out. */
  pullRequest: z.int().min(1).optional(),
})

const slackSchema = z.strictObject({ type: z.literal('slack'), ...shared, urlEnv: variable })

const webhookSchema = z
  .strictObject({
    type: z.literal('webhook'),
    ...shared,
    url: plainUrl.optional(),
    /** Where the address itself is a secret. */
    urlEnv: variable.optional(),
    /** Holds the key of the signature. */
    secretEnv: variable,
  })
  .refine(({ url, urlEnv }) => (url === undefined) !== (urlEnv === undefined), 'must have one of url and urlEnv')

const targetSchema = z.discriminatedUnion('type', [checkSchema, commentSchema, slackSchema, webhookSchema], {
  error: (issue) =>
    issue.code === 'invalid_union' ? 'must have a type: github-check, github-comment, slack or webhook' : undefined,
})

/** The file that COMMIT_SUITE_NOTIFY names: who is told of the ends of suites that ask for it. */
export const notifyFileSchema = z.strictObject({
  /** Address of the gateway's pages, to which messages link. */
  dashboard: plainUrl.optional(),
  targets: z.record(idSchema, targetSchema, 'must be a mapping of names to targets'),
})
export const NOTIFY_KEYS = Object.keys(notifyFileSchema.shape)

export type NotifyFile = z.output<typeof notifyFileSchema>
export type Target = z.output<typeof targetSchema>
export type CheckTarget = z.output<typeof checkSchema>
export type CommentTarget = z.output<typeof commentSchema>
export type GithubTarget = CheckTarget | CommentTarget
export type SlackTarget = z.output<typeof slackSchema>
export type WebhookTarget = z.output<typeof webhookSchema>

/** Names of the variables that a target takes secrets from. */
export function secretNames(target: Target): string[] {
  switch (target.type) {
    case 'github-check':
    case 'github-comment':
      return [target.tokenEnv]
    case 'slack':
      return [target.urlEnv]
    case 'webhook':
      return [...(target.urlEnv === undefined ? [] : [target.urlEnv]), target.secretEnv]
  }
}
