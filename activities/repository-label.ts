import type { ActivityDeps } from './deps.ts'

/** Of a plan, where Temporal is not to keep the address of its repository readable. */
export function labelled(
  { repositoryLabel }: Pick<ActivityDeps, 'repositoryLabel'>,
  repo: string,
): { repoLabel?: string } {
  return repositoryLabel === undefined ? {} : { repoLabel: repositoryLabel(repo) }
}
