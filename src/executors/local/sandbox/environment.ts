import type { LaunchRequest } from '../launch.ts'
import { withOwnPrograms } from '../programs.ts'
import { FORWARDER_PORT, SEEN } from './seen.ts'

/** Variables that some shells hold read-only: setting them would end the shell that passes the environment on. */
const SHELL_OWNED = new Set(['UID', 'EUID', 'PPID', 'BASHOPTS', 'SHELLOPTS', 'BASH_VERSINFO'])
const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

const PROXY_NAMES = [
  ...['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'],
  ...['npm_config_proxy', 'npm_config_https_proxy'],
]
const LOCAL_HOSTS = 'localhost,127.0.0.1,::1'

function proxyVariables(): Record<string, string> {
  const proxy = `http://127.0.0.1:${FORWARDER_PORT}`
  return {
    ...Object.fromEntries(PROXY_NAMES.map((name) => [name, proxy])),
    no_proxy: LOCAL_HOSTS,
    NO_PROXY: LOCAL_HOSTS,
    NODE_USE_ENV_PROXY: '1',
  }
}

/**
 * The command's environment, its names changed so that privileged programs take no notice of it; command.sh
 * changes them back. Names that are no plain identifiers, or that shells keep to themselves, are left out.
 */
export function commandVariables(
  request: LaunchRequest,
  workdir: string,
  toolchains: Record<string, string>,
): Record<string, string> {
  const env: Record<string, string> = {
    ...toolchains,
    ...request.env,
    ...(request.network.mode === 'proxy' ? proxyVariables() : {}),
    PATH: withOwnPrograms(SEEN.home, request.env.PATH ?? toolchains.PATH),
    ...{ HOME: SEEN.home, TMPDIR: SEEN.tmp, PWD: workdir, USER: 'commit-suite', LOGNAME: 'commit-suite' },
  }
  const entries = Object.entries(env).filter(([name]) => PLAIN_NAME.test(name) && !SHELL_OWNED.has(name))
  return {
    CS_WORKDIR: workdir,
    CS_VARS: entries.map(([name]) => name).join(' '),
    ...Object.fromEntries(entries.map(([name, value]) => [`CS_VAR_${name}`, value])),
  }
}
