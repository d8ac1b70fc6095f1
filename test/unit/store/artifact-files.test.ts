import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CommitSuiteError } from '../../../src/contract/index.ts'
import { asArtifactError } from '../../../src/store/artifact-errors.ts'
import { fileArtifactStore } from '../../../src/store/artifacts.ts'
import { writeAtomically } from '../../../src/store/atomic-file.ts'
import { SHA } from './samples.ts'
import { temporaryDirectory } from './temporary-store.ts'

const key = { suite: 's-1', sha: SHA, attempt: 3, generation: 0 }
const short = SHA.slice(0, 12)
const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

test('a full disk is a fault to try again, names the path and leaves no half file', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory, 'deep', 'artifact')
  const failed: unknown = await writeAtomically(path, async (part) => {
    await writeFile(part, 'half')
    throw noSpace()
  }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'artifact_store_failed', retryable: true })
  expect(failed).toHaveProperty('message', expect.stringContaining(path))
  expect(failed).toHaveProperty('message', expect.stringContaining('ENOSPC'))
  expect(await readdir(join(directory, 'deep'))).toEqual([])
})

test('an artifacts directory that is a file is a fault that names the path', async () => {
  const directory = await temporaryDirectory()
  const artifactsDir = join(directory, 'file')
  await writeFile(artifactsDir, '')
  const artifacts = fileArtifactStore(artifactsDir)
  const putting = artifacts.putBytes(key, 'x', Buffer.from('x'))
  await expect(putting).rejects.toMatchObject({ code: 'artifact_store_failed', detail: { rule: 'ENOTDIR' } })
  await expect(putting).rejects.toThrow(artifactsDir)
})

test('what stands in the way of an artifact is named, and no part of it stays', async () => {
  const directory = await temporaryDirectory()
  const artifacts = fileArtifactStore(directory)
  const run = join(directory, 's-1', short, '3')
  await mkdir(join(run, 'x'), { recursive: true })
  await expect(artifacts.putBytes(key, 'x', Buffer.from('x'))).rejects.toMatchObject({ code: 'artifact_store_failed' })
  await expect(artifacts.get(key, 'x')).rejects.toMatchObject({ code: 'artifact_store_failed' })
  expect(await readdir(run)).toEqual(['x'])
})

test('only failed system calls are mapped', () => {
  const mapped = asArtifactError(noSpace(), 'write', '/a/b')
  expect(mapped).toMatchInlineSnapshot(
    `[CommitSuiteError: Could not write the artifact /a/b: ENOSPC: no space left on device, write. Free space there, for instance with commit-suite gc.]`,
  )
  expect(mapped).toBeInstanceOf(CommitSuiteError)
  const other = new RangeError('ours')
  expect(asArtifactError(other, 'write', '/a/b')).toBe(other)
})
