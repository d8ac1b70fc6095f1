import { createHash } from 'node:crypto'
import type { OutsideFailure, RunTests } from '../../contract/index.ts'

export interface KeptFailure {
  name: string
  fingerprint: string
  message: string
}

/** What is kept of one run's tests: each list in the order of its names, each name once in `ran` or `skipped`. */
export interface NormalisedTests {
  ran: string[]
  skipped: string[]
  failed: KeptFailure[]
  beyond: string[]
  outside: KeptFailure[]
  unreadable: RunTests['unreadable']
}

/** Text that every database keeps as it is: no half characters, and no NUL, which PostgreSQL refuses. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

/** Brings tests into the one form that equal ones share. */
export function normaliseTests(tests: RunTests): NormalisedTests {
  const failed = byName(tests.failed)
  const beyond = new Set(tests.failedBeyond.map(storable).filter((name) => !failed.has(name)))
  const ran = new Set([...tests.ran.map(storable), ...failed.keys(), ...beyond])
  return {
    ran: [...ran].toSorted(),
    skipped: [...new Set(tests.skipped.map(storable).filter((name) => !ran.has(name)))].toSorted(),
    failed: inOrder(failed),
    beyond: [...beyond].toSorted(),
    outside: inOrder(byName(tests.outsideTests)),
    unreadable: tests.unreadable,
  }
}

function byName(failures: readonly OutsideFailure[]): Map<string, KeptFailure> {
  const failed = new Map<string, KeptFailure>()
  for (const { id, fingerprint, message } of failures) {
    const name = storable(id)
    if (!failed.has(name)) failed.set(name, { name, fingerprint, message: storable(message) })
  }
  return failed
}

const inOrder = (failures: ReadonlyMap<string, KeptFailure>): KeptFailure[] =>
  [...failures.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))

/** Tells sets apart without their ids; every text goes in with its length, so that none can look like two. */
function digestOf(texts: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text.length}:${text}`)
  return hash.digest('hex')
}

export const testSetDigest = (repo: string, names: readonly string[]): string => digestOf([repo, ...names])

export function failureSetDigest(repo: string, { failed, outside, beyond }: NormalisedTests): string {
  const told = [...failed, ...outside].flatMap(({ name, fingerprint }) => [name, fingerprint])
  return digestOf([repo, String(failed.length), String(outside.length), ...told, ...beyond])
}
