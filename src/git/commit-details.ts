import type { Mirror } from './mirror-repository.ts'
import { readMirror } from './simple-git.ts'

export interface CommitDetails {
  subject: string
  author: string
  /** RFC 3339 in UTC. */
  committedAt: string
}

const LONGEST_TEXT = 200
const FIELDS = 4
const LATEST_SECONDS = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

/** Subject, author and date of many commits, read by one process; all of them must be present. */
export async function readCommitDetails(mirror: Mirror, shas: readonly string[]): Promise<Map<string, CommitDetails>> {
  const details = new Map<string, CommitDetails>()
  if (shas.length === 0) return details
  const format = ['log', '--no-walk=unsorted', '--stdin', '-z', '--encoding=UTF-8', '--format=%H%x00%an%x00%ct%x00%s']
  const plain = ['--no-patch', '--no-decorate', '--no-notes', '--no-color', '--no-mailmap']
  const text = await readMirror(mirror, [...format, ...plain], shas.map((sha) => `${sha}\n`).join(''))
  const fields = text.split('\0')
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const [sha = '', author = '', seconds = '', subject = ''] = fields.slice(at, at + FIELDS)
    details.set(sha, { subject: oneLine(subject), author: oneLine(author), committedAt: timestamp(Number(seconds)) })
  }
  return details
}

/** Text of strangers, fit for one line of a terminal: no control or direction characters, at most 200 characters. */
export function oneLine(text: string): string {
  const printable = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ').trim()
  const characters = [...printable]
  return characters.length <= LONGEST_TEXT ? printable : `${characters.slice(0, LONGEST_TEXT - 1).join('')}…`
}

/** A commit may claim any date; years that RFC 3339 cannot write are moved to the nearest it can. */
export function timestamp(seconds: number): string {
  const bounded = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LATEST_SECONDS) : 0
  return new Date(bounded * 1000).toISOString()
}
