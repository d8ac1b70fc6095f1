import { describe, expect, test } from 'vitest'
import { ApiError, asApiError, errorOf } from '../../../src/dashboard/api/api-error.ts'

describe('what the gateway answers instead', () => {
  test('is told in the words of its problem document', async () => {
    const problem = {
      code: 'suite_not_found',
      detail: 'suite: "x" is not on record.',
      remedy: 'See the list.',
      requestId: 'r',
    }
    const error = await errorOf(Response.json(problem, { status: 404 }))
    expect(error).toMatchObject({
      status: 404,
      code: 'suite_not_found',
      message: 'suite: "x" is not on record.',
      remedy: 'See the list.',
      requestId: 'r',
    })
  })

  test.each([
    ['a page of a proxy', new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' })],
    ['nothing', new Response(null, { status: 502, statusText: 'Bad Gateway' })],
    ['null', Response.json(null, { status: 502, statusText: 'Bad Gateway' })],
    ['fields of other types', Response.json({ code: 7, detail: {} }, { status: 502, statusText: 'Bad Gateway' })],
  ])('is told where it is %s', async (_what, response) => {
    const error = await errorOf(response)
    expect(error).toMatchObject({ status: 502, code: 'internal', message: 'The gateway answered 502 Bad Gateway' })
  })

  test('stays what it is, and anything else is a fault of the page', () => {
    const error = new ApiError(404, 'suite_not_found', 'no')
    expect(asApiError(error)).toBe(error)
    expect(asApiError(new RangeError('odd'))).toMatchObject({ status: 0, code: 'page_fault', message: 'odd' })
    expect(asApiError('odd')).toMatchObject({ code: 'page_fault', message: 'odd' })
  })
})
