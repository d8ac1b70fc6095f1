import { invalidInput } from '../contract/index.ts'
import type { SuiteSecrets } from './services.ts'

/** Values of the variables that a new suite is to get; throws `secret_not_set` for one that is not in `env`. */
export function requireSecrets(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  const missing = names.find((name) => !Object.hasOwn(env, name))
  if (missing === undefined) return ownSecrets(names, env)
  const remedy = 'Export it where you call this command.'
  throw invalidInput('--secret-env', missing, 'is not set in the environment of this command', remedy, 'secret_not_set')
}

/** The same for a suite that exists: what is not in `env` may be known to the stack already. */
export function ownSecrets(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** What goes with the lease; undefined where the suites need no secrets. */
export const secretsOf = (suites: string[], values: Record<string, string>): SuiteSecrets | undefined =>
  Object.keys(values).length === 0 ? undefined : { suites, values }
