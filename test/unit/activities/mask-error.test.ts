import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { withoutSecrets } from '../../../activities/mask-error.ts'
import { maskPatterns } from '../../../activities/mask-secrets.ts'
import { CommitSuiteError } from '../../../src/contract/index.ts'

const SECRET = 'hunter"22'
const patterns = maskPatterns([SECRET])

it.each([
  ['its message', new CommitSuiteError('runner_lost', `printf ${SECRET} was lost`)],
  ['its detail', new CommitSuiteError('runner_lost', 'lost', { value: { env: [SECRET] }, rule: 'r' })],
  ['its cause', new CommitSuiteError('runner_lost', 'lost', {}, { cause: new Error(`spawn ${SECRET}`) })],
])('a secret in %s reaches neither log nor history', (_where, error) => {
  const masked = withoutSecrets(patterns, error)
  expect(masked).toMatchObject({ code: 'runner_lost', retryable: true })
  expect(inspect(masked, { depth: 9 })).not.toContain('hunter')
  expect(JSON.stringify(masked.detail)).not.toContain('hunter')
})

it('an error without a secret stays itself', () => {
  const error = new CommitSuiteError('runner_lost', 'lost', { field: 'x' }, { cause: new Error('y') })
  expect(withoutSecrets(patterns, error)).toBe(error)
})
