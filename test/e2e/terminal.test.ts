import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { Home } from '../support/home.ts'
import { plainRepository, type TestRepository } from '../support/repository.ts'
import { CTRL_C, onTerminal } from '../support/terminal.ts'
import { until } from '../support/until.ts'

let home: Home
let repo: TestRepository
let store: Store
beforeAll(async () => {
  ;[home, repo] = await Promise.all([Home.make({ COMMIT_SUITE_SLOTS: '4' }), plainRepository(2)])
  store = await home.store()
})
afterAll(async () => {
  await store.close()
  await home.dispose()
  await repo.remove()
})

const QUESTION = /Cancel the suite or detach from it \(it goes on\)\? \[c\/d\] /

/** Of each commit attempt 3 ends when the gate of the suite opens, the others at once, in whatever order they start. */
function gated(id: string) {
  const gate = join(home.config.stateDir, `${id}.gate`)
  const command = `[ "$ATTEMPT" = 1 ] && exit 1; [ "$ATTEMPT" != 3 ] || while [ ! -e ${gate} ]; do sleep 0.05; done`
  const args = ['run', '--repo', repo.path, '--commits', 'HEAD~1,HEAD', '--no-setup', '--runs', '4', '--id', id]
  return { args: [...args, '--command', command], open: () => writeFile(gate, '') }
}

const sha12 = (commit: number): string => repo.shas[commit]?.slice(0, 7) ?? 'no commit'

describe('run on a terminal', () => {
  it('draws a matrix that fills up, the link first and the verdicts last', async () => {
    const { args, open } = gated('drawn')
    const terminal = onTerminal(home, ...args)
    await terminal.shows(new RegExp(`${sha12(0)} .*✓F✓`))
    expect(terminal.text()).toMatch(
      /^Temporal: http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/suite%2Fdrawn\r?\n/,
    )
    await open()
    expect(await terminal.exitCode()).toBe(1)
    const last = terminal.text().slice(terminal.text().lastIndexOf('drawn completed'))
    expect(last).toMatch(/drawn completed: 8 runs of 2 commits/)
    expect(last.match(/flaky +1\/4/g)).toHaveLength(2)
    // The picture was redrawn in place, and the cursor is back.
    expect(terminal.raw()).toContain('\x1b[2K')
    expect(terminal.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\x1b[?25l'))
  })

  it('detaches on Ctrl-C and d; the suite goes on', async () => {
    const { args, open } = gated('left')
    const terminal = onTerminal(home, ...args)
    await terminal.shows(/✓F✓/)
    terminal.type(CTRL_C)
    await terminal.shows(QUESTION)
    terminal.type('x\r')
    await until('the question comes again', () => terminal.text().split(QUESTION).length > 2)
    terminal.type('d\r')
    await terminal.shows(/left goes on; follow it with: commit-suite watch left/)
    expect(await terminal.exitCode()).toBe(130)
    expect((await store.suites.get('left'))?.status).toBe('running')
    await open()
    const { report } = await home.report('watch', 'left')
    expect(report).toMatchObject({ status: 'completed', commits: [{ runs: 4 }, { runs: 4 }] })
  })

  it('cancels on Ctrl-C and c, and waits for the clean-up', async () => {
    const terminal = onTerminal(home, ...gated('dropped').args)
    await terminal.shows(/✓F✓/)
    terminal.type(CTRL_C)
    await terminal.shows(QUESTION)
    terminal.type('c\r')
    await terminal.shows(/dropped cancelled/)
    expect(await terminal.exitCode()).toBe(130)
    expect((await store.suites.get('dropped'))?.status).toBe('cancelled')
    expect(await home.workspaces()).toEqual([])
  })

  it('is forced to end by a second Ctrl-C', async () => {
    const { args, open } = gated('forced')
    const terminal = onTerminal(home, ...args)
    await terminal.shows(/✓F✓/)
    terminal.type(CTRL_C)
    await terminal.shows(QUESTION)
    terminal.type(CTRL_C)
    expect(await terminal.exitCode()).toBe(130)
    expect((await store.suites.get('forced'))?.status).toBe('running')
    await open()
    await home.cli('watch', 'forced')
  })
})

describe('bisect on a terminal', () => {
  const search = (id: string, command: string) => [
    ...['bisect', '--repo', repo.path, '--no-setup', '--id', id, '--command', command],
  ]

  it('draws what is known, the link first and the answer last', async () => {
    const terminal = onTerminal(home, ...search('c-drawn', 'test "$(cat number)" = 0'))
    expect(await terminal.exitCode()).toBe(0)
    const shown = terminal.text()
    expect(shown).toMatch(/^Temporal: http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/search%2Fc-drawn\r?\n/)
    expect(shown).toMatch(/none +█+░* +50\.0 %/)
    expect(shown).toMatch(/\nround 1: .*failed at/)
    expect(shown.slice(shown.lastIndexOf('c-drawn completed'))).toContain(`culprit ${repo.shas[1]}`)
    expect(terminal.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(terminal.raw().lastIndexOf('\x1b[?25l'))
  })

  it('asks on Ctrl-C, and cancels its runs', async () => {
    const terminal = onTerminal(home, ...search('c-asked', 'sleep 600'))
    await terminal.shows(/running \d runs? at/)
    terminal.type(CTRL_C)
    await terminal.shows(/Cancel the search or detach from it \(it goes on\)\? \[c\/d\] /)
    terminal.type('c\r')
    await terminal.shows(/c-asked cancelled/)
    expect(await terminal.exitCode()).toBe(130)
    expect((await store.searches.get('c-asked'))?.status).toBe('cancelled')
    expect(await home.workspaces()).toEqual([])
  })
})
