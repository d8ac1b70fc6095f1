import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { unmetNeeds } from '../../../src/git/unmet-needs.ts'
import { commit, makeRepository, mirrorOf, scratchFolder } from './scratch-repository.ts'

describe('what a commit needs beyond its own files', () => {
  const scratch = scratchFolder()
  let made = 0
  afterAll(() => scratch.remove())

  const LFS = 'The commit has files in Git LFS; only their pointers are checked out.'
  const submodules = (names: string): string => `The commit has submodules (${names}); they are not fetched.`
  const section = (path: string): string => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ../x\n`

  async function needsOf(files: Record<string, string>, links: Record<string, string> = {}): Promise<string[]> {
    made += 1
    const repo = makeRepository(join(scratch.path, `repo-${made}`))
    for (const [link, target] of Object.entries(links)) symlinkSync(target, join(repo, link))
    let sha = commit(repo, 'first')
    for (const [file, content] of Object.entries(files)) sha = commit(repo, file, file, content)
    return await unmetNeeds(await mirrorOf(join(scratch.path, 'state'), repo, [sha]), sha)
  }

  it('are the submodules it lists, at most three by name', async () => {
    expect(await needsOf({ '.gitmodules': section('a/b') })).toEqual([submodules('a/b')])
    const five = ['a', 'b', 'c', 'd', 'e'].map(section).join('')
    expect(await needsOf({ '.gitmodules': five })).toEqual([submodules('a, b, c, 2 more')])
    expect(await needsOf({ '.gitmodules': section('a\u001b[31mred') })).toEqual([submodules('a [31mred')])
  })

  it('are files in Git LFS, whatever folder says so', async () => {
    expect(await needsOf({ '.gitattributes': '*.bin filter=lfs -text\n' })).toEqual([LFS])
    expect(await needsOf({ 'a/b/.gitattributes': '*.md text\n*.bin diff=lfs filter=lfs' })).toEqual([LFS])
  })

  it('are none where files only look like it', async () => {
    const files = {
      '.gitmodules': '# none yet\n',
      '.gitattributes': '# *.bin filter=lfs\n*.png filter=lfs-like\n*.txt text\n',
      'docs/gitattributes': '*.bin filter=lfs\n',
      'folder/.gitmodules': section('x'),
    }
    expect(await needsOf(files)).toEqual([])
  })

  it('are said of a list of submodules that cannot be read', async () => {
    expect(await needsOf({ '.gitmodules': '[submodule "x\n' })).toEqual([submodules('.gitmodules cannot be read')])
  })

  it('are not looked for behind links, which may lead anywhere', async () => {
    expect(await needsOf({ 'real.txt': '*.bin filter=lfs\n' }, { '.gitattributes': 'real.txt' })).toEqual([])
    expect(await needsOf({}, { '.gitattributes': '/dev/zero' })).toEqual([])
  })
})
