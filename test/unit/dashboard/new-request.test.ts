import { expect, test } from 'vitest'
import { startSuiteBodySchema } from '../../../src/contract/http/suites.ts'
import { requestOf } from '../../../src/dashboard/suite/new-request.ts'

const form = (fields: Record<string, string>): FormData => {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}

test('a filled form is a request that the gateway takes', () => {
  const filled = form({
    repo: ' https://git.example.org/a.git ',
    commits: 'main~3..main, v1',
    command: 'pytest -q',
    runs: '20',
  })
  const request = requestOf(filled)
  expect(request).toEqual({
    repo: 'https://git.example.org/a.git',
    commits: ['main~3..main', 'v1'],
    runs: 20,
    command: { shell: 'pytest -q' },
  })
  expect(startSuiteBodySchema.safeParse(request).success).toBe(true)
})

test('what is left empty is left to its default', () => {
  const request = requestOf(form({ repo: '/r', commits: 'HEAD', command: '', runs: '5', until: 'on' }))
  expect(request).toEqual({ repo: '/r', commits: ['HEAD'], runs: 5, until: 'verdict' })
  expect(startSuiteBodySchema.safeParse(request).success).toBe(true)
})
