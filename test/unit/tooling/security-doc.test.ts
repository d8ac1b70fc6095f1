import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

/** `  - `FILE`: TITLE`, as docs/security.md names tests. */
const NAMED = /^ {2}- `(test\/[^`]+)`: (.+)$/gm

/** A threat and its control, with the tests that follow. */
const THREAT = /^- \*\*.+\n(?: {2}.+\n)*/gm

it('every threat of docs/security.md names a test that exists by that title', async () => {
  const text = await readFile('docs/security.md', 'utf8')
  const threats = text.slice(text.indexOf('## Threats'), text.indexOf('## Payload')).match(THREAT) ?? []
  expect(threats.length).toBeGreaterThan(20)
  const untested = threats.filter((threat) => threat.match(NAMED) === null)
  expect(untested).toEqual([])
  const gone: string[] = []
  for (const [, file = '', title = ''] of text.matchAll(NAMED)) {
    const source = await readFile(file, 'utf8').catch(() => '')
    if (!source.includes(title)) gone.push(`${file}: ${title}`)
  }
  expect(gone).toEqual([])
})
