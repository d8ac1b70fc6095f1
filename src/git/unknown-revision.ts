import { type CommitSuiteError, invalidInput, sha12 } from '../contract/index.ts'
import { type Mirror, shallowBoundary } from './mirror-repository.ts'
import { nearMatches } from './near-matches.ts'
import { lookUpCommits } from './present-commits.ts'
import { baseOf } from './revision.ts'
import { readMirror } from './simple-git.ts'

interface Unknown {
  /** The entry as the user wrote it. */
  text: string
  /** The part of it that led nowhere, and what was looked up for it where that differs (`HEAD`). */
  expression: string
  meant: string
  problem: 'missing' | 'ambiguous'
}

/** Explains why an expression names no commit: `ref_not_found` with field `commits` and what to do about it. */
export async function unknownRevision(
  mirror: Mirror,
  { text, expression, meant, problem }: Unknown,
): Promise<CommitSuiteError> {
  const name = baseOf(expression)
  const refuse = (rule: string, remedy?: string) => invalidInput('commits', text, rule, remedy, 'ref_not_found')
  if (problem === 'ambiguous') return refuse(`${name} is ambiguous: several objects begin with it`, 'Add more digits.')
  if (name !== expression) {
    const [base] = await lookUpCommits(mirror, [baseOf(meant)])
    if (base !== undefined && 'sha' in base) return refuse(...(await whyNoAncestor(mirror, name, base.sha)))
  }
  const similar = await nearMatches(mirror, name)
  const remedy =
    similar.length > 0 ? `Did you mean ${similar.join(', ')}?` : 'Name a branch, a tag or a commit of the repository.'
  return refuse(`no commit, branch or tag ${name} exists in the repository`, remedy)
}

async function whyNoAncestor(mirror: Mirror, name: string, sha: string): Promise<[rule: string, remedy?: string]> {
  const boundary = await shallowBoundary(mirror.path)
  if (boundary.size > 0) {
    const flags = ['--first-parent', '--max-parents=0', '--end-of-options']
    const last = (await readMirror(mirror, ['rev-list', ...flags, sha])).trim()
    if (boundary.has(last)) {
      const rule = `history is cut off here: in this shallow clone it ends at ${sha12(last)}`
      return [rule, 'Run `git fetch --unshallow` in the repository.']
    }
  }
  return [`${name} exists, but it has no such ancestor`]
}
