import { readConfig } from '../config.ts'
import type { Services } from './services.ts'

/** Where Temporal's own tools look too. */
const DEFAULT_TEMPORAL = '127.0.0.1:7233'
const quiet = { info() {}, warn() {} }

/** The real parts. Each is imported when it is first used, so that `--help` loads none of them. */
export function liveServices(env: NodeJS.ProcessEnv): Services {
  return {
    config: () => readConfig(env),
    async openStore({ stateDir, artifacts, databaseUrl }, patience = {}) {
      const { openStore } = await import('../store/open.ts')
      return await openStore({ stateDir, artifacts, databaseUrl, patience })
    },
    async readReport(store, suite, options) {
      const { readReport } = await import('../store/report.ts')
      return await readReport(store, suite, options)
    },
    async acquireStack(config, options) {
      const { acquireStack } = await import('../temporal/supervisor/client.ts')
      return await acquireStack(config, options)
    },
    async findStack(config) {
      const { findStack } = await import('../temporal/supervisor/client.ts')
      return await findStack(config)
    },
    async isEmbedded(config) {
      const { externalServer } = await import('../temporal/supervisor/external-server.ts')
      return externalServer(config) === undefined
    },
    async connectSuites({ temporalAddress: address, namespace }, store) {
      const { connectSuites } = await import('../temporal/connect.ts')
      const { payloadKeysFile } = readConfig(env)
      return await connectSuites({ address, namespace, store, payloadKeysFile })
    },
    async startGateway(options) {
      const { startGateway } = await import('../gateway/start-gateway.ts')
      return await startGateway({
        ...options,
        openEnvironments: () => this.openEnvironments(undefined),
        localEnvironments: await this.localEnvironments(options.config, options.store),
      })
    },
    async runDoctor(config) {
      const { runDoctor } = await import('../temporal/doctor.ts')
      return await runDoctor(config)
    },
    async collectGarbage(config, options) {
      const { collectGarbage } = await import('./collect-garbage.ts')
      return await collectGarbage(config, options)
    },
    async collectEnvironments(config, options) {
      const { collectClusterGarbage } = await import('./collect-garbage.ts')
      return await collectClusterGarbage(config, options)
    },
    async openEnvironments(cluster) {
      const { openEnvironments } = await import('../executors/kubernetes/environments/access.ts')
      return await openEnvironments(cluster)
    },
    async localEnvironments({ stateDir }, { suites }) {
      const { localEnvironments } = await import('../executors/local/environments.ts')
      return localEnvironments(stateDir, async (suite) => (await suites.get(suite))?.spec.repo)
    },
    async runWorker(config, { signal, onReady }) {
      const { runWorkerProcess } = await import('../temporal/worker-main.ts')
      const address = config.temporalAddress ?? DEFAULT_TEMPORAL
      await runWorkerProcess({ config, address, signal, onReady: (version) => onReady(address, version) })
    },
    async uncommittedChanges(path) {
      const { uncommittedChanges } = await import('../git/uncommitted-changes.ts')
      return await uncommittedChanges(path)
    },
    async remoteOf(path) {
      const { remoteOf } = await import('../git/remote-of.ts')
      return await remoteOf(path)
    },
    async userGateway() {
      const { readUserDefaults } = await import('./config-file/defaults.ts')
      return (await readUserDefaults(env)).gatewayUrl
    },
    async readDefaults(cwd, configFile) {
      const [{ readProjectDefaults, readUserDefaults }, { readConfigFile }, { layer }] = await Promise.all([
        import('./config-file/defaults.ts'),
        import('./config-file/read-config-file.ts'),
        import('./request/layers.ts'),
      ])
      const explicit = configFile === undefined ? {} : await readConfigFile(configFile)
      return layer(layer(await readUserDefaults(env), await readProjectDefaults(cwd)), explicit)
    },
    async scriptParts(spec, { sha, seed, attempt }) {
      const { scriptParts } = await import('./replay/script-parts.ts')
      return await scriptParts(readConfig(env), spec, { sha, seed, attempt }, quiet)
    },
  }
}
