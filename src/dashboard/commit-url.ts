/** Where hosts show a commit, behind the address of its repository. */
const HOSTS: Record<string, string> = {
  'github.com': 'commit',
  'codeberg.org': 'commit',
  'gitlab.com': '-/commit',
  'bitbucket.org': 'commits',
}

/** The page of a commit on the public host of its repository; undefined of others, and of addresses that hold secrets. */
export function commitUrl(repo: string, sha: string): string | undefined {
  const address = repo.replace(/^git@([^:/]+):/, 'https://$1/')
  if (!URL.canParse(address)) return undefined
  const { protocol, host, pathname, username, password } = new URL(address)
  const kind = Object.hasOwn(HOSTS, host) ? HOSTS[host] : undefined
  if (protocol !== 'https:' || kind === undefined || username !== '' || password !== '') return undefined
  return `https://${host}${pathname.replace(/\/$/, '').replace(/\.git$/, '')}/${kind}/${sha}`
}
