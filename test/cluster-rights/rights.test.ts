import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

// Runs after the tests of the cluster and looks at what the product asked for in them: as tests start it, as somebody with
// a worker's rights, and as it is deployed. Tests that call parts of the product in their own process are administrators.

const { TEST_CLUSTER_AUDIT_LOG: LOG } = process.env

const eventSchema = z.object({
  verb: z.string(),
  user: z.object({ username: z.string() }),
  objectRef: z
    .object({ resource: z.string().default(''), subresource: z.string().default(''), apiGroup: z.string().default('') })
    .optional(),
  responseStatus: z.object({ code: z.number().default(0) }).optional(),
  annotations: z.record(z.string(), z.string()).default({}),
})
type AuditEvent = z.infer<typeof eventSchema>

const roleSchema = z.object({
  metadata: z.object({ name: z.string() }),
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
})

/** `verb group/resource/subresource`. */
async function granted(role: string): Promise<string[]> {
  const roles = parseAllDocuments(await readFile('k8s/base/rights/roles.yaml', 'utf8')).map((document) =>
    roleSchema.parse(document.toJS()),
  )
  const rules = roles.find(({ metadata }) => metadata.name === role)?.rules ?? []
  return rules
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
      ),
    )
    .sort()
}

async function events(...users: string[]): Promise<AuditEvent[]> {
  const lines = (await readFile(LOG ?? '', 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => eventSchema.parse(JSON.parse(line))).filter(({ user }) => users.includes(user.username))
}

const isAllowed = ({ annotations }: AuditEvent): boolean => annotations['authorization.k8s.io/decision'] === 'allow'

/** What everybody may ask who is known: about themselves. */
const ABOUT_ONESELF = 'authorization.k8s.io'

/** To apply what is not there yet is a `patch` that needs `create` too. */
function rightsUsed(all: readonly AuditEvent[]): string[] {
  const used = all.flatMap(({ verb, objectRef, responseStatus }) => {
    if (objectRef === undefined || objectRef.apiGroup === ABOUT_ONESELF) return []
    const { apiGroup, resource, subresource } = objectRef
    const what = `${apiGroup}/${resource}${subresource === '' ? '' : `/${subresource}`}`
    const made = verb === 'patch' && responseStatus?.code === 201
    return [`${verb} ${what}`, ...(made ? [`create ${what}`] : [])]
  })
  return [...new Set(used)].sort()
}

const WORKER = 'system:serviceaccount:commit-suite:worker'
const GATEWAY = 'system:serviceaccount:commit-suite:gateway'
/** API servers from 1.35 on want it where a WebSocket begins; the one of the tests is older. */
const OF_NEWER_SERVERS = 'create /pods/exec'

describe.runIf(LOG !== undefined)('the rights that are granted', () => {
  it('to workers are those that they use over all tests, none more and none less', async () => {
    const seen = (await events('commit-suite-tests', WORKER)).filter(isAllowed)
    expect(rightsUsed(seen)).toEqual(
      (await granted('commit-suite-worker')).filter((right) => right !== OF_NEWER_SERVERS),
    )
  })

  it('suffice: nothing was refused', async () => {
    const all = await events('commit-suite-tests', WORKER, GATEWAY)
    expect(all.filter((event) => !isAllowed(event))).toEqual([])
  })

  it('to gateways are those that the deployed one uses', async () => {
    expect(rightsUsed(await events(GATEWAY))).toEqual(await granted('commit-suite-gateway'))
  })

  it('are asked for by the deployed worker', async () => {
    expect(rightsUsed(await events(WORKER))).toEqual(expect.arrayContaining(['create /pods', 'get /pods/exec']))
  })
})
