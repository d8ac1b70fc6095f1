import { DeliveryFault } from '../fault.ts'
import type { GithubTarget } from '../schema.ts'

export interface GithubRepository {
  owner: string
  repo: string
}

/** `https://github.com/o/n.git`, `ssh://git@github.com/o/n`, `git@github.com:o/n.git` */
const REPOSITORY =
  /^(?:[a-z+]+:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/|(?:[^/@]+@)?([^/:]+):)([A-Za-z0-9._-]+)\/([A-Za-z0-9._-]+?)(?:\.git)?\/?$/

/** Host of the repositories that an API is for. */
const hostOf = (apiUrl: string): string => {
  const { hostname } = new URL(apiUrl)
  return hostname === 'api.github.com' ? 'github.com' : hostname
}

/**
 * The repository on GitHub: what the target says, else the one that the suite tested, provided that it is on the target's
 * host: a token is for the repositories of one.
 */
export function repositoryOf({ repository, apiUrl }: GithubTarget, tested: string): GithubRepository {
  const [, urlHost, scpHost, owner = '', name = ''] = REPOSITORY.exec(tested) ?? []
  const [givenOwner, givenName] = repository?.split('/') ?? []
  if (givenOwner !== undefined && givenName !== undefined) return { owner: givenOwner, repo: givenName }
  if (owner !== '' && (urlHost ?? scpHost) === hostOf(apiUrl)) return { owner, repo: name }
  const message = `${tested} is no repository of ${hostOf(apiUrl)}; give the target its repository: owner/name`
  throw new DeliveryFault(message, { retry: false })
}
