import { describe, expect, test } from 'vitest'
import { endFromCode } from '../../../src/executors/exit-or-signal.ts'
import { parseStatus } from '../../../src/executors/local/runner/ending.ts'

describe('how a command ended', () => {
  test.each([
    [0, { type: 'exit', exitCode: 0 }],
    [1, { type: 'exit', exitCode: 1 }],
    [128, { type: 'exit', exitCode: 128 }],
    [129, { type: 'exit', exitCode: 129 }],
    [130, { type: 'exit', exitCode: 130 }],
    [132, { type: 'signal', signal: 'SIGILL' }],
    [134, { type: 'signal', signal: 'SIGABRT' }],
    [137, { type: 'signal', signal: 'SIGKILL' }],
    [139, { type: 'signal', signal: 'SIGSEGV' }],
    [143, { type: 'signal', signal: 'SIGTERM' }],
    [255, { type: 'exit', exitCode: 255 }],
  ])('the code %i means a signal only where that signal is always fatal', (code, end) => {
    expect(endFromCode(code)).toEqual(end)
  })

  test.each([
    ['exit 3\n', { type: 'exit', exitCode: 3 }],
    ['exit 137\n', { type: 'signal', signal: 'SIGKILL' }],
    ['signal 129\n', { type: 'signal', signal: 'SIGHUP' }],
    ['7\n', { type: 'exit', exitCode: 7 }],
    ['fault the overlay could not be mounted\n', { type: 'fault', message: 'the overlay could not be mounted' }],
    ['', { type: 'unknown' }],
    ['exit ', { type: 'unknown' }],
    ['nonsense\n', { type: 'unknown' }],
  ])('the status line %j is read', (text, end) => {
    expect(parseStatus(text)).toEqual(end)
  })
})
