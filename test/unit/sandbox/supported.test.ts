import { afterEach, expect, it, vi } from 'vitest'
import { assertSandboxSupported } from '../../../src/executors/local/sandbox/supported.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

it('a sandbox without root is refused with the reason and what to do', async () => {
  vi.spyOn(process, 'getuid').mockReturnValue(1000)
  await expect(assertSandboxSupported()).rejects.toMatchObject({
    code: 'isolation_unavailable',
    message: expect.stringMatching(/needs (root|Linux).*--isolation process/s),
  })
})
