import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { EnvironmentDocument, EnvironmentPlace } from '../../contract/http/environments.ts'
import { OPERATIONS } from '../../contract/http/operations.ts'
import { CommitSuiteError, invalidInput } from '../../contract/index.ts'
import type { EnvironmentAccess } from '../../executors/environment-access.ts'
import { environmentDocument } from '../../report/environment.ts'
import { assertUnused } from '../../store/environment-use.ts'
import type { GatewayDeps } from '../deps.ts'
import { routeOf } from './route-of.ts'

/** Why a place could not be looked at, where that is no fault of ours. */
function unreached(error: unknown): { code: string; detail: string } {
  if (error instanceof CommitSuiteError) return { code: error.code, detail: error.message }
  throw error
}

/** Environments in the gateway's own cluster, and on its machine. */
export const environmentRoutes: FastifyPluginAsyncZod<GatewayDeps> = async (app, deps) => {
  const { store, openEnvironments, localEnvironments, settings } = deps
  const withEnvironments = async <T>(
    place: EnvironmentPlace,
    use: (access: EnvironmentAccess) => Promise<T>,
  ): Promise<T> => {
    const access = place === 'local' ? localEnvironments : await openEnvironments()
    try {
      return await use(access)
    } finally {
      await access.close()
    }
  }

  const listIn = async (place: EnvironmentPlace): Promise<EnvironmentDocument[]> => {
    const found = await withEnvironments(place, (access) => access.list())
    return found.map((one) => environmentDocument(one, { place, prices: settings.prices }))
  }

  app.route({
    ...routeOf(OPERATIONS.listEnvironments),
    async handler({ query: { place } }) {
      if (place !== 'all') return { environments: await listIn(place), unreached: [] }
      const [local, cluster] = await Promise.all([listIn('local'), listIn('cluster').catch(unreached)])
      return 'code' in cluster
        ? { environments: local, unreached: [{ place: 'cluster' as const, ...cluster }] }
        : { environments: [...cluster, ...local], unreached: [] }
    },
  })

  app.route({
    ...routeOf(OPERATIONS.removeEnvironment),
    async handler(request, reply) {
      const name = request.params.environment
      await withEnvironments(request.query.place, async (access) => {
        const found = (await access.list()).find(({ namespace }) => namespace === name)
        if (found === undefined) {
          throw invalidInput('environment', name, 'is not an environment of ours', undefined, 'environment_not_found')
        }
        await assertUnused(store, found, 'environment')
        await access.remove(found)
      })
      reply.code(204)
      return null
    },
  })
}
