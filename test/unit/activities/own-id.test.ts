import { expect, test } from 'vitest'
import { assertOwnId } from '../../../activities/own-id.ts'
import { recordIsolation } from '../../support/recorded-isolation.ts'
import { recordSearch } from '../../support/recorded-search.ts'
import { suiteSpec } from '../store/samples.ts'
import { temporaryStore } from '../store/temporary-store.ts'

async function refusals(ids: string[], partOf?: { kind: 'search' | 'isolation'; id: string; round: number }) {
  const { store } = await temporaryStore()
  await recordSearch(store, { id: 'c-1' })
  await recordIsolation(store, { id: 'i-1' })
  const refused: string[] = []
  for (const id of ids) {
    await assertOwnId(store, suiteSpec(id, partOf === undefined ? {} : { partOf })).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'suite_conflict', detail: { field: 'id', value: id } })
      refused.push(id)
    })
  }
  return refused
}

test('the id of a search, and those that it keeps for its suites, are not for other suites', async () => {
  const free = ['c-1-1', 'c-1-0-1', 'c-1-1-1-r-abcdefgh', 'c-10-1-1', 'c-2-1-1', 's-1', 'c-1-12345-1']
  expect(await refusals(['c-1', 'c-1-1-1', 'c-1-9999-12', ...free])).toEqual(['c-1', 'c-1-1-1', 'c-1-9999-12'])
})

test('they are for those that make its runs, and not for those of another', async () => {
  expect(await refusals(['c-1-1-1', 'c-1-9999-12'], { kind: 'search', id: 'c-1', round: 1 })).toEqual([])
  expect(await refusals(['c-1-1-1'], { kind: 'search', id: 'c-2', round: 1 })).toEqual(['c-1-1-1'])
})

test('the same holds for isolations', async () => {
  expect(await refusals(['i-1', 'i-1-2-1', 'i-1-2', 'i-2-2-1'])).toEqual(['i-1', 'i-1-2-1'])
  expect(await refusals(['i-1-2-1'], { kind: 'isolation', id: 'i-1', round: 2 })).toEqual([])
})
