import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellAt, cellCorner, heightOf, layOutMatrix } from '../../../src/dashboard/matrix/layout.ts'
import { moveBy, nextWanted } from '../../../src/dashboard/matrix/move.ts'

const sizes = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 })

describe('the layout of the matrix', () => {
  test('gives each commit one line where there is room', () => {
    const layout = layOutMatrix(1200, [100, 100, 100])
    expect(layout).toMatchObject({ columns: 100, pitch: 11 })
  })

  test('wraps ten thousand runs at round numbers, so that they fit', () => {
    const layout = layOutMatrix(1200, [10_000])
    expect(layout.columns % 10).toBe(0)
    expect(heightOf(layout)).toBeLessThan(600)
  })

  test('finds each run where it stands, and none between or beside them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 1600 }), sizes, fc.nat(), (width, cells, seed) => {
        const layout = layOutMatrix(width, cells)
        const row = seed % cells.length
        const count = cells[row] ?? 0
        if (count > 0) {
          const place = { row, attempt: seed % count }
          const { x, y } = cellCorner(layout, place)
          expect(cellAt(layout, x + layout.pitch / 2, y + layout.pitch / 2)).toEqual(place)
          expect(x + layout.pitch).toBeLessThanOrEqual(width)
        }
        expect(cellAt(layout, layout.gutter - 1, 5)).toBeUndefined()
        expect(cellAt(layout, layout.gutter + 1, heightOf(layout) + 1)).toBeUndefined()
      }),
    )
  })
})

describe('keys in the matrix', () => {
  const layout = layOutMatrix(300, [45, 0, 12])
  const { columns } = layout

  test('move within a commit, and stop at its ends', () => {
    expect(moveBy('ArrowRight', layout, { row: 0, attempt: 0 })).toEqual({ row: 0, attempt: 1 })
    expect(moveBy('ArrowLeft', layout, { row: 0, attempt: 0 })).toEqual({ row: 0, attempt: 0 })
    expect(moveBy('End', layout, { row: 0, attempt: 3 })).toEqual({ row: 0, attempt: 44 })
    expect(moveBy('Home', layout, { row: 2, attempt: 3 })).toEqual({ row: 2, attempt: 0 })
  })

  test('move by lines, then by commits', () => {
    expect(moveBy('ArrowDown', layout, { row: 0, attempt: 0 })).toEqual({ row: 0, attempt: columns })
    expect(moveBy('ArrowUp', layout, { row: 0, attempt: columns })).toEqual({ row: 0, attempt: 0 })
    expect(moveBy('PageDown', layout, { row: 0, attempt: 2 })).toEqual({ row: 1, attempt: 0 })
    expect(moveBy('ArrowUp', layout, { row: 2, attempt: 1 })).toEqual({ row: 1, attempt: 0 })
  })

  test('never leave the runs that are there', () => {
    const keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown']
    fc.assert(
      fc.property(sizes, fc.array(fc.constantFrom(...keys), { maxLength: 60 }), (cells, pressed) => {
        const some = layOutMatrix(500, cells)
        let place = { row: 0, attempt: 0 }
        for (const key of pressed) place = moveBy(key, some, place) ?? place
        expect(place.row).toBeLessThan(cells.length)
        expect(place.attempt).toBeGreaterThanOrEqual(0)
        expect(place.attempt).toBeLessThan(Math.max(1, cells[place.row] ?? 0))
      }),
    )
  })

  test('that are none of ours lead nowhere', () => {
    expect(moveBy('a', layout, { row: 0, attempt: 0 })).toBeUndefined()
  })

  test('lead to the next failure, over the end and round', () => {
    const failed = new Set(['0 3', '2 1'])
    const isFailed = ({ row, attempt }: { row: number; attempt: number }) => failed.has(`${row} ${attempt}`)
    expect(nextWanted(layout, { row: 0, attempt: 0 }, isFailed)).toEqual({ row: 0, attempt: 3 })
    expect(nextWanted(layout, { row: 0, attempt: 3 }, isFailed)).toEqual({ row: 2, attempt: 1 })
    expect(nextWanted(layout, { row: 2, attempt: 1 }, isFailed)).toEqual({ row: 0, attempt: 3 })
    expect(nextWanted(layout, { row: 0, attempt: 0 }, () => false)).toBeUndefined()
  })
})
