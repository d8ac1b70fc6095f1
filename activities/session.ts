import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import { invalidInput, type SessionRequest, sessionRequestSchema } from '../src/contract/index.ts'
import { loadTemplate } from '../src/frameworks/templates.ts'
import type { SessionPlace } from '../workflows/api.ts'
import { templateOptions } from './admit-suite.ts'
import type { ActivityDeps } from './deps.ts'

/** What the workflow `Session` calls. */
export interface SessionActivities {
  /** Makes or adopts the place of a session. `template_not_found`, `environment_refused`, `cluster_unavailable`, … */
  ensureSession(request: SessionRequest): Promise<SessionPlace>
  /** Looks whether the place of a session is there, whoever made it. */
  findSession(request: SessionRequest): Promise<SessionPlace>
}

type SessionDeps = Pick<ActivityDeps, 'executors' | 'templatesDir'>

export function createSessionActivities(deps: SessionDeps): SessionActivities {
  return {
    async ensureSession(input) {
      const { executor, template, session, cluster } = await begin(deps, input)
      const createdBy = activityInfo().workflowExecution?.workflowId ?? activityInfo().activityId
      const context = { signal: cancellationSignal(), heartbeat }
      const made = await executor.ensureSession({ session, cluster, template, createdBy }, context)
      const status = made.existed ? 'exists' : 'created'
      return { namespace: made.namespace ?? made.place, status, ...said(template) }
    },
    async findSession(input) {
      const { executor, template, session, cluster } = await begin(deps, input)
      const found = await executor.findSession({ session, cluster }, { signal: cancellationSignal(), heartbeat })
      return { namespace: found ?? null, status: found === undefined ? 'absent' : 'exists', ...said(template) }
    },
  }
}

async function begin(deps: SessionDeps, input: SessionRequest) {
  const parsed = sessionRequestSchema.safeParse(input)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw invalidInput(issue?.path.join('.') || 'session', null, issue?.message ?? 'is not valid')
  }
  const { session, cluster, projectType, executor } = parsed.data
  const template = await loadTemplate(projectType, templateOptions(deps))
  return { executor: await deps.executors.of(executor), template, session, cluster }
}

const said = ({ name, command }: Awaited<ReturnType<typeof loadTemplate>>) => ({
  projectType: name,
  command: command ?? null,
  at: new Date().toISOString(),
})
