import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collectReports } from '../../../src/executors/local/run/collect-reports.ts'

describe('collecting reports', () => {
  let folder: string
  const at = (...parts: string[]): string => join(folder, ...parts)
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cs-reports-'))
    for (const name of ['written', 'prepared']) mkdirSync(at(name))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const collect = (...globs: string[]) => collectReports(globs, at('written'), at('prepared'), at('files'))

  test('copies what matches, with its path below the working directory', async () => {
    mkdirSync(at('written', 'a', 'b'), { recursive: true })
    writeFileSync(at('written', 'a', 'b', 'r.xml'), '<r/>')
    writeFileSync(at('written', 'other.txt'), 'x')
    const { files } = await collect('./**/*.xml')
    expect(files).toEqual([{ name: 'a/b/r.xml', path: at('files', '0'), sizeBytes: 4 }])
    expect(readFileSync(at('files', '0'), 'utf8')).toBe('<r/>')
  })

  test('never follows a link, neither as a file nor as a folder on the way', async () => {
    writeFileSync(at('secret.xml'), 'secret')
    symlinkSync(at('secret.xml'), at('written', 'link.xml'))
    symlinkSync(folder, at('written', 'out'))
    expect(await collect('**/*.xml', 'out/secret.xml', '../secret.xml')).toEqual({ files: [], leftOut: [] })
  })

  test('takes at most 100 files and names those that would exceed 50 MiB', async () => {
    for (let i = 0; i < 120; i++) writeFileSync(at('written', `${String(i).padStart(3, '0')}.xml`), '')
    writeFileSync(at('written', '000.xml'), '')
    truncateSync(at('written', '000.xml'), 51 * 1024 * 1024)
    const { files, leftOut } = await collect('*.xml')
    expect(leftOut).toEqual(['000.xml'])
    expect(files).toHaveLength(99)
    expect(files[0]?.name).toBe('001.xml')
  })
})
