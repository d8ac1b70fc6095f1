import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { externalServer } from '../../../src/temporal/supervisor/external-server.ts'

let folder: string
const configWith = (env: Record<string, string>) =>
  readConfig({ COMMIT_SUITE_HOME: folder, COMMIT_SUITE_CACHE: folder, ...env })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'external-'))
  vi.stubEnv('TEMPORAL_CONFIG_FILE', join(folder, 'temporal.toml'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

test('TEMPORAL_ADDRESS comes before a profile, a profile before the embedded server', async () => {
  await writeFile(join(folder, 'temporal.toml'), '[profile.default]\naddress = "cluster:7233"\nnamespace = "team"\n')
  expect(externalServer(configWith({}))).toEqual({ address: 'cluster:7233', namespace: 'team' })
  expect(externalServer(configWith({ TEMPORAL_ADDRESS: 'here:1' }))).toEqual({
    address: 'here:1',
    namespace: 'default',
  })
  await writeFile(join(folder, 'temporal.toml'), '[profile.default]\nnamespace = "team"\n')
  expect(externalServer(configWith({}))).toBeUndefined()
})

test('a client configuration that cannot be read is an error, not the embedded server', async () => {
  await writeFile(join(folder, 'temporal.toml'), 'address: [')
  expect(() => externalServer(configWith({}))).toThrow(expect.objectContaining({ code: 'config_invalid' }))
})
