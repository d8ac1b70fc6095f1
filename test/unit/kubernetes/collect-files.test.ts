import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { selectFiles, unpackFiles } from '../../../src/executors/kubernetes/run/collect-files.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'collect-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Entry = { name: string; type?: 'symlink'; linkname?: string }

async function archive(...entries: [Entry, string][]): Promise<Uint8Array> {
  const tar = pack()
  for (const [header, content] of entries) tar.entry(header, content)
  tar.finalize()
  return await buffer(tar)
}

describe('files of a run', () => {
  test('those that the globs name are asked for, nearest first, none outside of the working directory', () => {
    const names = ['deep/er/a.xml', 'a.xml', 'a.txt', '../out.xml', '/etc/b.xml', 'x/../../c.xml']
    expect(selectFiles(['./**/*.xml'], names)).toEqual(['a.xml', 'deep/er/a.xml'])
    expect(
      selectFiles(
        ['*'],
        Array.from({ length: 300 }, (_, n) => `f${n}`),
      ),
    ).toHaveLength(100)
  })

  test('only regular files that were asked for are unpacked, once each, under names of ours', async () => {
    const bytes = await archive(
      [{ name: './a.xml' }, 'one'],
      [{ name: './a.xml' }, 'two'],
      [{ name: './not-asked.xml' }, 'no'],
      [{ name: '../../escape.xml' }, 'no'],
      [{ name: './link.xml', type: 'symlink', linkname: '/etc/passwd' }, ''],
      [{ name: './b c/d.xml' }, 'three'],
    )
    const files = await unpackFiles(bytes, ['a.xml', 'link.xml', '../../escape.xml', 'b c/d.xml'], join(folder, 'own'))
    expect(files.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['a.xml', 3],
      ['../../escape.xml', 2],
      ['b c/d.xml', 5],
    ])
    expect(await readdir(join(folder, 'own'))).toEqual(['0', '1', '2'])
    expect(await readFile(join(folder, 'own', '0'), 'utf8')).toBe('one')
  })

  test('an archive that breaks off, or is none, gives the files before that', async () => {
    const whole = await archive([{ name: './a.xml' }, 'one'], [{ name: './b.xml' }, 'x'.repeat(10_000)])
    const cut = await unpackFiles(whole.subarray(0, 3000), ['a.xml', 'b.xml'], join(folder, 'cut'))
    expect(cut.map(({ name }) => name)).toEqual(['a.xml'])
    expect(await unpackFiles(Buffer.alloc(5000, 'garbage'), ['a.xml'], join(folder, 'none'))).toEqual([])
    expect(await unpackFiles(new Uint8Array(), ['a.xml'], join(folder, 'empty'))).toEqual([])
  })
})
