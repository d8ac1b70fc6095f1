import type { Config } from '../../config.ts'

/** The environment from which `readConfig` reads this configuration again. */
export function configEnvironment(config: Config): NodeJS.ProcessEnv {
  const { TEMPORAL_ADDRESS: _, COMMIT_SUITE_TEMPLATES: __, ...env } = process.env
  return {
    ...env,
    COMMIT_SUITE_HOME: config.stateDir,
    COMMIT_SUITE_CACHE: config.cacheDir,
    COMMIT_SUITE_ARTIFACTS: config.artifactsDir,
    COMMIT_SUITE_SLOTS: String(config.slots),
    COMMIT_SUITE_LOG_LEVEL: config.logLevel,
    TEMPORAL_NAMESPACE: config.temporalNamespace,
    ...(config.templatesDir === undefined ? {} : { COMMIT_SUITE_TEMPLATES: config.templatesDir }),
    ...(config.temporalAddress === undefined ? {} : { TEMPORAL_ADDRESS: config.temporalAddress }),
  }
}
