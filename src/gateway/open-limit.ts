import { CommitSuiteError } from '../contract/index.ts'
import type { RecordReader } from '../store/store.ts'
import type { Caller } from './auth/caller.ts'
import { Turns } from './turns.ts'

/** What keys may have open at once: suites, searches and isolations, each of the latter with all its suites as one. */
export class OpenLimit {
  readonly #store: Pick<RecordReader, 'suites' | 'searches' | 'isolations'>
  readonly #turns = new Turns()

  constructor(store: Pick<RecordReader, 'suites' | 'searches' | 'isolations'>) {
    this.#store = store
  }

  /**
   * Begins something for a caller, one after another for a key that has a limit, or two requests at once would both take
   * its last place. Throws `too_many_suites` where it is new and there is no place left.
   */
  async within<T>(caller: Caller, isNew: () => Promise<boolean>, begin: () => Promise<T>): Promise<T> {
    const { key, openSuites } = caller
    return await this.oneAfterAnother(caller, async () => {
      if (key !== null && (await isNew()) && (await this.#open(key)) >= openSuites) throw tooMany(caller)
      return await begin()
    })
  }

  /** What a key does at once is done in turns, so that no two of its requests take the same last place. */
  async oneAfterAnother<T>({ key }: Caller, begin: () => Promise<T>): Promise<T> {
    return key === null ? await begin() : await this.#turns.take(key, begin)
  }

  async #open(key: string): Promise<number> {
    const { suites, searches, isolations } = this.#store
    const open = await Promise.all([suites, searches, isolations].map((kind) => kind.countOpen(key)))
    return open.reduce((sum, count) => sum + count, 0)
  }
}

function tooMany({ key, openSuites }: Caller): CommitSuiteError {
  const remedy = 'Wait until one has ended, or cancel one.'
  return new CommitSuiteError(
    'too_many_suites',
    `The key ${key} has ${openSuites} open suites, as many as it may. ${remedy}`,
    {
      field: 'openSuites',
      value: openSuites,
      rule: 'open suites of the key at once',
      remedy,
    },
  )
}
