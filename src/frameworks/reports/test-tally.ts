import { createHash } from 'node:crypto'
import { type FailedTest, type OutsideFailure, RUN_TESTS_LIMITS, type RunTests } from '../../contract/index.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type Reading, type ReadTest, type ReportedTests, unreadable } from './reading.ts'
import { withoutTree } from './tree-paths.ts'

const NO_MESSAGE = 'failed without a message'
const HASH_DIGITS = 12

/**
 * Puts together what the reports of a run say. A test that several reports list, or one several times (repetitions,
 * parameters that read the same, files with tests of one name), has failed if it failed once: we look for flakes, and a
 * failure that a repetition hides is one.
 */
export class TestTally {
  readonly #outcomes = new Map<string, ReadTest['outcome']>()
  readonly #messages = new Map<string, string>()
  readonly #outsideTests: OutsideFailure[] = []
  readonly #unreadable: RunTests['unreadable'] = []
  readonly #order = new Set<string>()
  readonly #secrets: readonly string[]
  #reports = 0

  /** `secrets` are masked wherever they occur in what is kept. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets
  }

  /** Reports that could be read. */
  get reports(): number {
    return this.#reports
  }

  add(name: string, reading: Reading): void {
    const sum = this.#outcomes.size + (reading.type === 'tests' ? reading.tests.length : 0)
    const sound = sum > RUN_TESTS_LIMITS.tests ? unreadable(`${sum} tests are too many`) : reading
    if (sound.type === 'unreadable') this.#unreadable.push({ name, why: this.#sound(sound.why) })
    if (sound.type === 'tests') this.#addTests(sound)
  }

  #addTests({ tests, outsideTests, order }: ReportedTests): void {
    this.#reports += 1
    for (const { id: read, outcome, message } of tests) {
      const id = this.#id(read)
      const before = this.#outcomes.get(id)
      if (outcome === 'failed' && before !== 'failed') this.#messages.set(id, message)
      this.#outcomes.set(id, graver(before, outcome))
    }
    for (const { name: read, message } of outsideTests) {
      if (this.#outsideTests.length >= RUN_TESTS_LIMITS.outsideTests) break
      this.#outsideTests.push({ id: this.#id(read), ...this.#failure(message) })
    }
    for (const id of order) this.#order.add(this.#id(id))
  }

  /** All of it; the order only where it is one of execution. */
  runTests(ordered: boolean): RunTests {
    const order = ordered ? [...this.#order] : []
    const places = new Map(order.map((id, index) => [id, index]))
    const failed = this.#ids('failed')
    const kept = failed.slice(0, RUN_TESTS_LIMITS.failures)
    return {
      ran: [...this.#outcomes].filter(([, outcome]) => outcome !== 'skipped').map(([id]) => id),
      failed: kept.map((id): FailedTest => {
        const place = places.get(id)
        return { id, ...this.#failure(this.#messages.get(id) ?? ''), ...(place === undefined ? {} : { order: place }) }
      }),
      failedBeyond: failed.slice(RUN_TESTS_LIMITS.failures),
      skipped: this.#ids('skipped'),
      outsideTests: this.#outsideTests,
      unreadable: this.#unreadable,
      order,
    }
  }

  #ids(wanted: ReadTest['outcome']): string[] {
    return [...this.#outcomes].filter(([, outcome]) => outcome === wanted).map(([id]) => id)
  }

  #failure(message: string): Pick<FailedTest, 'fingerprint' | 'message'> {
    const sound = this.#sound(withoutTree(message)) || NO_MESSAGE
    return { fingerprint: fingerprintOf(sound), message: cut(sound, RUN_TESTS_LIMITS.messageLength) }
  }

  #id(read: string): string {
    const id = this.#sound(withoutTree(read)).replace(/\s+/g, ' ').trim() || '(no name)'
    if (id.length <= RUN_TESTS_LIMITS.idLength) return id
    const hash = createHash('sha256').update(id).digest('hex').slice(0, HASH_DIGITS)
    return `${cut(id, RUN_TESTS_LIMITS.idLength - hash.length)}${hash}`
  }

  /** Text that every store takes, without secrets. */
  #sound(text: string): string {
    const masked = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '*'.repeat(secret.length)), text)
    return masked.toWellFormed().replace(/[\0-\x08\x0b-\x1f\x7f]/g, '\ufffd')
  }
}

const GRAVITY = { skipped: 0, passed: 1, failed: 2 } as const

const graver = (before: ReadTest['outcome'] | undefined, now: ReadTest['outcome']): ReadTest['outcome'] =>
  before !== undefined && GRAVITY[before] > GRAVITY[now] ? before : now

/** At most `length` long, with a mark at the end where something is missing. */
const cut = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${text
        .slice(0, length - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`
