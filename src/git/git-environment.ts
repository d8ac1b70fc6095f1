/** One `key = value` of git's configuration, in force for a single process. */
export type GitSetting = readonly [key: string, value: string]

/** What git and the programs it starts (ssh, credential helpers) may see of the worker's environment. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'SSH_AUTH_SOCK',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'KRB5CCNAME',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
] as const

/** Those that could send a connection elsewhere than to the address it is told. */
const REDIRECTING: readonly string[] = [
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
]

/** Whatever the configuration of a repository says, nothing of it may start a program or open a connection. */
const SAFE_SETTINGS: readonly GitSetting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.alternateRefsCommand', ''],
  ['core.askPass', ''],
  ['core.gitProxy', ''],
  ['core.quotePath', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '100'],
  ['http.lowSpeedTime', '60'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['log.showSignature', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
]

export interface GitEnvironmentOptions {
  /** Transports that this process may use; none by default. */
  transports?: readonly string[]
  /** Configuration on top of the safe one; wins over that of the repository. */
  settings?: readonly GitSetting[]
  /** File read in place of the user's global configuration; reaches the `upload-pack` of a local source too. */
  globalConfig?: string
  /** More variables, such as GIT_CEILING_DIRECTORIES. */
  extra?: Record<string, string>
  /** Nothing of the worker's environment decides where connections go: no proxy, no ssh program of its own. */
  direct?: boolean
}

/**
 * The complete environment of a git process: configuration of system and user is not read, prompts, hooks, lazy
 * fetches, replacement objects and every transport not named are off. Settings travel in variables, so argv shows none.
 */
export function gitEnvironment(options: GitEnvironmentOptions = {}): Record<string, string> {
  const transports = options.transports ?? []
  const allowed = transports.map((name): GitSetting => [`protocol.${name}.allow`, 'always'])
  const settings = [...SAFE_SETTINGS, ...allowed, ...(options.settings ?? [])]
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15',
    ...inherited(options.direct ?? false),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: options.globalConfig ?? '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_PAGER: 'cat',
    // Wins over protocol.* of any configuration and is inherited by the processes git starts.
    GIT_ALLOW_PROTOCOL: transports.join(':'),
    ...settingVariables(settings),
    ...options.extra,
  }
}

function inherited(direct: boolean): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of INHERITED) {
    if (direct && REDIRECTING.includes(name)) continue
    const value = process.env[name]
    if (value !== undefined && value !== '') kept[name] = value
  }
  return kept
}

function settingVariables(settings: readonly GitSetting[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) }
  settings.forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${index}`] = key
    variables[`GIT_CONFIG_VALUE_${index}`] = value
  })
  return variables
}
