import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { expect, it } from 'vitest'

const TARGETS = [
  'setup',
  'demo',
  'test',
  'test-unit',
  'test-integration',
  'test-e2e',
  'test-coverage',
  'test-root',
  'verify',
  'bench',
  'build',
]

it('make without a target lists every target', async () => {
  const { stdout } = await execa('make', ['--no-print-directory'])
  for (const target of TARGETS) expect(stdout).toMatch(new RegExp(`^  make ${target} +\\w`, 'm'))
})

it('every target that is listed can be made', async () => {
  const phony =
    (await readFile('Makefile', 'utf8'))
      .replaceAll('\\\n', '')
      .match(/^\.PHONY: (.*)$/m)?.[1]
      ?.split(/\s+/) ?? []
  const { stdout } = await execa('make', ['--no-print-directory', 'help'])
  const listed = stdout.split('\n').map((line) => line.trim().split(/\s+/)[1])
  expect(listed.toSorted()).toEqual(phony.toSorted())
})

it('every npm script that make calls exists', async () => {
  const manifest: { scripts: Record<string, string> } = JSON.parse(await readFile('package.json', 'utf8'))
  const called = [...(await readFile('Makefile', 'utf8')).matchAll(/\$\(RUN\) (\S+)/g)].map((match) => match[1])
  expect(called.length).toBeGreaterThan(10)
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(called))
})
