import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it, onTestFinished } from 'vitest'

it('a thread reads one run after the other, and no process waits for one that is idle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reports-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'junit.xml')
  await writeFile(path, '<testsuite><testcase name="a"/></testsuite>')
  const { stdout } = await execa('node', [join(import.meta.dirname, 'reading-process.ts'), path], { preferLocal: true })
  const { threads, doneAtMs } = JSON.parse(stdout)
  // Of two lanes, each started its own.
  expect(threads).toBe(2)
  // An idle thread lives for ten seconds.
  expect(Date.now() - doneAtMs).toBeLessThan(8_000)
})
