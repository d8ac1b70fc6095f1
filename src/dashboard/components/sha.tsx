import { commitUrl } from '../commit-url.ts'

/** A commit by its first digits, as a link where its host is a public one. */
export function Sha({ repo, sha }: { repo: string; sha: string }) {
  const address = commitUrl(repo, sha)
  const digits = <code title={sha}>{sha.slice(0, 12)}</code>
  if (address === undefined) return digits
  return (
    <a href={address} target="_blank" rel="noreferrer">
      {digits}
    </a>
  )
}
