import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../../../src/contract/index.ts'
import { rowOf } from '../../../../src/gateway/faces/runpod/row.ts'
import { runResult } from '../../store/samples.ts'

const text = (content: string) => {
  const head = Buffer.from(content)
  return { head, tail: Buffer.alloc(0), sizeBytes: head.byteLength }
}
const row = (result: Partial<RunResult>) =>
  rowOf({ result: runResult({ attempt: 4, seed: 99, ...result }), stdout: text('out'), stderr: text('err') }, 1000)

describe('a row', () => {
  it('of a run that passed or failed has its exit code and output', () => {
    const printed = { attempt: 4, stdout: 'out', stderr: 'err', seed: 99 }
    expect(row({ outcome: 'passed', exitCode: 0 })).toEqual({ ...printed, exit_code: 0, passed: true })
    expect(row({ outcome: 'failed', exitCode: 3 })).toEqual({ ...printed, exit_code: 3, passed: false })
  })

  it('of a run past its limit is as old clients know it', () => {
    const late = row({ outcome: 'timed_out', exitCode: null, signal: 'SIGTERM' })
    expect(late).toMatchObject({ exit_code: null, stderr: 'TIMEOUT', passed: false })
    expect(late).not.toHaveProperty('error')
  })

  it('of a run that a signal ended has the number that Python gives it', () => {
    expect(row({ outcome: 'crashed', exitCode: null, signal: 'SIGKILL', reason: 'signal' })).toMatchObject({
      exit_code: -9,
      passed: false,
    })
  })

  it('of a run that gave no result says so', () => {
    expect(row({ outcome: 'error', reason: 'tries_used_up', exitCode: null })).toMatchObject({
      exit_code: null,
      passed: false,
      error: 'error: tries_used_up',
    })
    expect(row({ outcome: 'cancelled', reason: 'cancelled', exitCode: null })).toMatchObject({ error: 'cancelled' })
  })
})
