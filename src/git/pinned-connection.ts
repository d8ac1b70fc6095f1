import { CommitSuiteError, invalidInput } from '../contract/index.ts'
import { type AddressRules, checkAddresses } from '../network/checked-addresses.ts'
import type { ResolvedAddress } from '../network/resolve-host.ts'
import type { GitSetting } from './git-environment.ts'
import { redactRepository } from './redact.ts'
import { type RepositoryParts, USUAL_PORTS } from './repository-parts.ts'
import { requirePinningGit } from './required-git.ts'

/** How a git process is held to addresses that were checked; goes with `direct` of `gitEnvironment`. */
export interface PinnedConnection {
  settings: readonly GitSetting[]
  variables: Readonly<Record<string, string>>
}

/**
 * Checks the addresses of a remote and says how to connect to them and to nothing else, whatever its name resolves to
 * by then. Several connections are to be tried one after the other. Throws, with field `repo`: `address_not_allowed`;
 * `fetch_failed` (retryable) where the name has no address now, since what is not known cannot be judged;
 * `not_supported` where git is too old.
 */
export async function pinConnections(
  url: string,
  parts: RepositoryParts,
  rules: AddressRules,
): Promise<PinnedConnection[]> {
  const repo = redactRepository(url)
  if (parts.transport !== 'ssh') await requirePinningGit()
  const check = await checkAddresses(parts.host, rules)
  if (check.ok)
    return parts.transport === 'ssh' ? sshConnections(parts, check.addresses) : [httpConnection(parts, check.addresses)]
  if (check.problem === 'unresolved') {
    throw new CommitSuiteError('fetch_failed', `repo: ${JSON.stringify(repo)} – its host cannot be resolved.`, {
      field: 'repo',
      value: repo,
      rule: 'its host cannot be resolved',
    })
  }
  const rule = 'is on a host with a private address, or one of this machine'
  const remedy = 'Whoever runs the workers can allow it with COMMIT_SUITE_ALLOWED_ADDRESSES.'
  throw invalidInput('repo', repo, rule, remedy, 'address_not_allowed')
}

/** curl tries the addresses in this order and never asks for others; a literal address needs no entry and ignores it. */
function httpConnection(
  { host, port, transport }: RepositoryParts,
  addresses: readonly ResolvedAddress[],
): PinnedConnection {
  const list = addresses.map(({ address, family }) => (family === 6 ? `[${address}]` : address)).join(',')
  const entry = `${host}:${port ?? USUAL_PORTS[transport]}:${list}`
  const settings: GitSetting[] = host.includes(':') ? [] : [['http.curloptResolve', entry]]
  return { settings: [...settings, ['http.proxy', '']], variables: {} }
}

/** Each would be an endless wait where the host is silent. */
const MOST_SSH_ADDRESSES = 4

/**
 * The user's configuration of ssh is still read, for keys and known hosts; ssh takes the first value it sees, so what
 * stands here wins over all in it that could lead elsewhere. The key of the host is looked up under its own name, in
 * the notation of known_hosts.
 */
function sshConnections({ host, port }: RepositoryParts, addresses: readonly ResolvedAddress[]): PinnedConnection[] {
  const alias = port === undefined ? host : `[${host}]:${port}`
  return addresses.slice(0, MOST_SSH_ADDRESSES).map(({ address }) => {
    const options = [
      ...[`HostName=${address}`, `HostKeyAlias=${alias}`, `Port=${port ?? USUAL_PORTS.ssh}`],
      ...['ProxyCommand=none', 'ProxyJump=none', 'ControlMaster=no', 'ControlPath=none', 'CanonicalizeHostname=no'],
      ...['ClearAllForwardings=yes', 'ForwardAgent=no', 'ForwardX11=no', 'PermitLocalCommand=no', 'Tunnel=no'],
      ...['BatchMode=yes', 'ConnectTimeout=30', 'ServerAliveInterval=15'],
    ]
    const command = ['ssh', ...options.flatMap((option) => ['-o', `'${option}'`])].join(' ')
    return { settings: [], variables: { GIT_SSH_COMMAND: command } }
  })
}
