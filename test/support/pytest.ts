import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { pytest } from '../../src/frameworks/pytest.ts'
import { memoryTree } from '../fixtures/memory-tree.ts'

/**
 * Words that call pytest, installed as a set-up would where the host has none: outside of any run's HOME, which a plain
 * user's runs have copied for each of them.
 */
export async function installedPytest(): Promise<{ words: string; remove(): Promise<void> }> {
  const host = await execa('python3', ['-c', 'import pytest'], { reject: false })
  if (host.exitCode === 0) return { words: 'python3 -m pytest', remove: async () => undefined }
  const home = await mkdtemp(join(tmpdir(), 'cs-pytest-'))
  for (const command of await pytest.setup(memoryTree({}), { shuffle: false })) {
    const argv = 'shell' in command ? ['sh', '-c', command.shell] : command.argv
    await execa(argv[0] ?? '', argv.slice(1), { env: { HOME: home } })
  }
  return {
    words: `${home}/.local/bin/python3 -m pytest`,
    remove: () => rm(home, { recursive: true, force: true }),
  }
}
