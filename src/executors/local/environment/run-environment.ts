import { accessSync, constants, existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join } from 'node:path'
import { PASSED, REGISTRIES, TOOLCHAIN_ROOTS } from './passed-variables.ts'

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const USER_INFO = /\/\/[^/\s]*@/

function canEnter(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * npm puts its own and our `node_modules/.bin` in front of PATH; runs must find their own programs. A folder that
 * may not be entered would turn "command not found" (127) into "permission denied" (126).
 */
function cleanPath(path: string | undefined): string {
  const kept = (path ?? '')
    .split(delimiter)
    .filter((entry) => isAbsolute(entry) && !/(^|\/)node_modules\//.test(`${entry}/`) && canEnter(entry))
  return kept.length === 0 ? DEFAULT_PATH : kept.join(delimiter)
}

function toolchainRoots(workerEnv: NodeJS.ProcessEnv): Record<string, string> {
  const home = workerEnv.HOME ?? homedir()
  return Object.fromEntries(
    Object.entries(TOOLCHAIN_ROOTS).flatMap(([name, underHome]) => {
      const given = workerEnv[name]
      if (given !== undefined && given !== '') return [[name, given]]
      if (underHome === undefined) return []
      const path = join(home, underHome)
      return existsSync(path) ? [[name, path]] : []
    }),
  )
}

/** What every run on this host gets, whatever the suite: built from an allow-list of the worker's variables. */
export function hostEnvironment(workerEnv: NodeJS.ProcessEnv): Record<string, string> {
  const env: Record<string, string> = { PATH: cleanPath(workerEnv.PATH), TERM: 'dumb', ...toolchainRoots(workerEnv) }
  for (const [name, value] of Object.entries(workerEnv)) {
    if (value === undefined) continue
    if (PASSED.includes(name) || /^LC_[A-Z]+$/.test(name)) env[name] = value
    if (REGISTRIES.includes(name) && !USER_INFO.test(value)) env[name] = value
  }
  return env
}
