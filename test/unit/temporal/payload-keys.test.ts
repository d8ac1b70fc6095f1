import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultPayloadConverter } from '@temporalio/common'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkPayloadKeys } from '../../../src/temporal/doctor/payload-keys.ts'
import { payloadCodec } from '../../../src/temporal/payloads/codec.ts'
import { payloadEncryption } from '../../../src/temporal/payloads/encryption.ts'
import { addPayloadKey, readPayloadKeys } from '../../../src/temporal/payloads/key-file.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payload-keys-'))
  file = join(folder, 'keys')
})
afterEach(() => rm(folder, { recursive: true }))

const KEY = Buffer.alloc(32, 7).toString('base64')

describe('the file of payload keys', () => {
  it('is made private, and grows by a key at its end', async () => {
    const first = await addPayloadKey(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const second = await addPayloadKey(file)
    expect(readPayloadKeys(file).map(({ id }) => id)).toEqual([first, second])
    expect(readPayloadKeys(file).map(({ secret }) => secret.length)).toEqual([32, 32])
    expect(checkPayloadKeys({ payloadKeysFile: file }).detail).toBe(`${file}: ${second} encrypts, 2 decrypt`)
  })

  it('may hold comments, empty lines, and a last line without its end', async () => {
    await writeFile(file, `# ours\n\nold ${KEY}`, { mode: 0o600 })
    const added = await addPayloadKey(file)
    expect(readPayloadKeys(file).map(({ id }) => id)).toEqual(['old', added])
  })

  it.each([
    ['no key', '# nothing\n', 'holds no key'],
    ['an id alone', 'old\n', 'line 1 is not an id and a key'],
    ['a bad id', `Old ${KEY}\n`, 'line 1 begins with an id that does not match'],
    ['a short key', `a ${KEY}\nold ${KEY.slice(4)}\n`, 'line 2 has a key that is not 32 bytes in base64'],
    ['an id twice', `old ${KEY}\nold ${KEY}\n`, 'line 2 has the id old a second time'],
  ])('with %s is refused by setting, file and rule, and tells no key', async (_what, text, rule) => {
    await writeFile(file, text, { mode: 0o600 })
    const refused = expect.objectContaining({
      code: 'config_invalid',
      detail: expect.objectContaining({ field: 'COMMIT_SUITE_PAYLOAD_KEYS', value: file }),
      message: expect.stringContaining(rule),
    })
    expect(() => readPayloadKeys(file)).toThrow(refused)
    expect(checkPayloadKeys({ payloadKeysFile: file })).toMatchObject({ status: 'failed' })
    expect(checkPayloadKeys({ payloadKeysFile: file }).detail).not.toContain(KEY.slice(4, 20))
    await expect(addPayloadKey(file)).rejects.toThrow(refused)
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it.each([0o604, 0o644, 0o620])('with mode %o is refused', async (mode) => {
    await addPayloadKey(file)
    await chmod(file, mode)
    expect(() => readPayloadKeys(file)).toThrow(`has mode 0${mode.toString(8)}`)
    await symlink(file, join(folder, 'link'))
    expect(() => readPayloadKeys(join(folder, 'link'))).toThrow('has mode')
  })

  it('may be read by its group, as a secret in a pod is', async () => {
    await addPayloadKey(file)
    await chmod(file, 0o440)
    expect(readPayloadKeys(file)).toHaveLength(1)
  })

  it('that is not there, or a folder, is refused', () => {
    expect(() => readPayloadKeys(file)).toThrow('cannot be read (ENOENT)')
    expect(() => readPayloadKeys(folder)).toThrow('is not a file')
  })
})

describe('the codec', () => {
  const key = (id: string, byte: number) => ({ id, secret: Buffer.alloc(32, byte) })
  const plain = defaultPayloadConverter.toPayload({ command: 'pytest --token' })
  const whole = (payload: typeof plain) =>
    Buffer.concat([...Object.values(payload.metadata ?? {}), payload.data ?? ''].map((part) => Buffer.from(part)))

  it('encrypts with the last key and decrypts with any, metadata included', async () => {
    const [old] = await payloadCodec([key('a', 1)]).encode([plain])
    const codec = payloadCodec([key('a', 1), key('b', 2)])
    const [young, again] = await codec.encode([plain, plain])
    expect(Object.values(young?.metadata ?? {}).map(String)).toEqual(['binary/commit-suite-aes256gcm', 'b'])
    expect(young?.data).not.toEqual(again?.data)
    const decoded = await codec.decode([old, young, again].flatMap((payload) => payload ?? []))
    expect(decoded.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual(
      Array(3).fill({ command: 'pytest --token' }),
    )
    expect(whole(young ?? plain).includes('pytest')).toBe(false)
    expect(whole(young ?? plain).includes('json')).toBe(false)
  })

  it('lets pass what has not its encoding, and encrypts nothing without keys', async () => {
    expect(await payloadCodec([key('a', 1)]).decode([plain])).toEqual([plain])
    expect(await payloadCodec([]).encode([plain])).toEqual([plain])
  })

  it('names the setting, the key it lacks and those it has', async () => {
    const encoded = await payloadCodec([key('a', 1)]).encode([plain])
    const said = /COMMIT_SUITE_PAYLOAD_KEYS: payloads are encrypted with the key a, and this process has b\. Set/
    await expect(payloadCodec([key('b', 2)]).decode(encoded)).rejects.toThrow(said)
    await expect(payloadCodec([]).decode(encoded)).rejects.toMatchObject({
      code: 'payload_key_missing',
      retryable: true,
    })
  })

  it('refuses what was changed, cut short, or put under another key of the same file', async () => {
    const codec = payloadCodec([key('a', 1), key('b', 1)])
    const [{ metadata = null, data = null } = plain] = await codec.encode([plain])
    const bytes = Buffer.from(data ?? [])
    const flipped = Buffer.from(bytes)
    flipped[20] = (flipped[20] ?? 0) ^ 1
    await expect(codec.decode([{ metadata, data: flipped }])).rejects.toThrow('authenticate')
    await expect(codec.decode([{ metadata, data: bytes.subarray(0, 20) }])).rejects.toThrow('cut short')
    const renamed = { ...metadata, 'commit-suite-key-id': Buffer.from('a') }
    await expect(codec.decode([{ metadata: renamed, data }])).rejects.toThrow('authenticate')
  })
})

it('repositories are told apart by labels that only who has the key can make', async () => {
  await addPayloadKey(file)
  const { labelOf } = payloadEncryption(file)
  expect(labelOf?.('/srv/app')).toMatch(/^repo-[0-9a-f]{24}$/)
  expect(labelOf?.('/srv/app')).toBe(labelOf?.('file:///srv/app'))
  expect(labelOf?.('/srv/app')).not.toBe(labelOf?.('/srv/other'))
  await addPayloadKey(file)
  expect(payloadEncryption(file).labelOf?.('/srv/app')).not.toBe(labelOf?.('/srv/app'))
  expect(payloadEncryption(undefined).labelOf).toBeUndefined()
})
