import { createHash } from 'node:crypto'

/** The most that Temporal takes. */
const LONGEST_KEY_BYTES = 64
const DIGEST_CHARACTERS = 32

/** By what work of a repository is told apart from others' where both wait for a worker: its address, or a digest. */
export function fairnessKeyOf(address: string): string {
  // A path is a path, however it was given.
  const repo = address.replace(/^file:\/\/(?=\/)/, '')
  if (Buffer.byteLength(repo) <= LONGEST_KEY_BYTES) return repo
  return `sha256:${createHash('sha256').update(repo).digest('hex').slice(0, DIGEST_CHARACTERS)}`
}

/**
 * How urgent the tasks of a workflow are, and of all that it starts, which inherit it: the lower number goes first;
 * among equals repositories take turns, however many tasks each has.
 */
export const priorityOf = (repo: string, priorityKey: number): { priorityKey: number; fairnessKey: string } => ({
  priorityKey,
  fairnessKey: fairnessKeyOf(repo),
})
