import { describe, expect, test } from 'vitest'
import { detectFramework } from '../../../src/frameworks/detect.ts'
import { memoryTree } from '../../fixtures/memory-tree.ts'

const MIB = 2 ** 20
const chain = Array.from({ length: 20_000 }, (_, n) => `g${n} = [{include-group = "g${n + 1}"}]`).join('\n')

/** Each made a careless reader run for minutes or exhaust its stack. */
describe('a hostile commit is read in bounded time', () => {
  test.each<[string, Record<string, string>]>([
    ['blank lines', { 'test_a.py': '\n'.repeat(MIB - 10), 'go.mod': '\n'.repeat(MIB - 10) }],
    [
      'a script that begins a command again and again',
      { 'package.json': JSON.stringify({ scripts: { test: 'node '.repeat(200_000) } }) },
    ],
    [
      'requirements that include themselves often',
      {
        'requirements.txt': '-r requirements.txt\n-r ./b.txt\n'.repeat(20_000),
        'b.txt': '-r requirements.txt\n'.repeat(50_000),
      },
    ],
    ['half a million requirements', { 'requirements.txt': 'a\n'.repeat(MIB / 2) }],
    ['a chain of groups', { 'pyproject.toml': `[dependency-groups]\ndev = [{include-group = "g0"}]\n${chain}\n` }],
    ['deeply nested tables', { 'pyproject.toml': `a = ${'['.repeat(400_000)}`, 'package.json': '['.repeat(MIB) }],
    ['very many test files', Object.fromEntries(Array.from({ length: 130_000 }, (_, n) => [`tests/test_${n}.py`, '']))],
  ])('%s', async (_name, files) => {
    const { framework } = await detectFramework(memoryTree(files))
    expect(framework === null || framework === 'go').toBe(true)
  })
})
