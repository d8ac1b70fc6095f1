import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { credentialsBelow } from '../../../src/executors/local/sandbox/credentials.ts'
import type { HostPlaces } from '../../../src/executors/local/sandbox/places.ts'
import { findToolchains } from '../../../src/executors/local/sandbox/toolchains.ts'

let home: string
let places: HostPlaces

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'toolchains-')))
  places = { homes: [home], hidden: [join(home, '.local/state/commit-suite')] }
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function file(path: string, text = ''): string {
  const full = join(home, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  return full
}

const targets = (env: Record<string, string>): string[] =>
  findToolchains(env, ['/usr', '/bin'], places).binds.map((bind) => bind.target.replace(home, '~'))
const onPath = (...directories: string[]): Record<string, string> => ({
  PATH: directories.map((directory) => join(home, directory)).join(':'),
})

describe('toolchains below a home', () => {
  it('shows a pyenv whole and names its root', () => {
    file('.pyenv/libexec/pyenv')
    file('.pyenv/shims/python')
    file('.pyenv/versions/3.12.1/lib/python3.12/os.py')
    expect(targets(onPath('.pyenv/shims'))).toEqual(['~/.pyenv'])
    expect(findToolchains(onPath('.pyenv/shims'), ['/usr'], places).env).toEqual({ PYENV_ROOT: join(home, '.pyenv') })
  })

  it('shows the one Node of nvm that is on the PATH, not nvm', () => {
    file('.nvm/versions/node/v24.0.0/bin/node')
    file('.nvm/versions/node/v24.0.0/lib/node_modules/npm/package.json')
    file('.nvm/alias/default')
    expect(targets(onPath('.nvm/versions/node/v24.0.0/bin'))).toEqual(['~/.nvm/versions/node/v24.0.0'])
  })

  it("shows cargo's programs and rustup, not cargo's credentials", () => {
    file('.cargo/bin/rustup')
    file('.cargo/credentials.toml', 'token')
    file('.rustup/settings.toml')
    file('.rustup/toolchains/stable/bin/rustc')
    expect(targets(onPath('.cargo/bin'))).toEqual(['~/.cargo/bin', '~/.rustup'])
  })

  it('shows a Go root, and of a GOPATH only the programs', () => {
    for (const name of ['VERSION', 'pkg/x', 'bin/go']) file(`sdk/go1.24/${name}`)
    file('go/bin/gopls')
    file('go/src/private.go')
    expect(targets(onPath('sdk/go1.24/bin', 'go/bin'))).toEqual(['~/go/bin', '~/sdk/go1.24'])
  })

  it('follows links to installations, and shows single files otherwise', () => {
    file('tools/node/bin/node')
    file('tools/node/lib/node_modules/x')
    const script = file('projects/secret/tool.sh')
    mkdirSync(join(home, 'bin'))
    symlinkSync('../tools/node/bin/node', join(home, 'bin/node'))
    symlinkSync(script, join(home, 'bin/tool'))
    expect(targets(onPath('bin'))).toEqual(['~/bin', '~/projects/secret/tool.sh', '~/tools/node'])
  })

  it('shows a virtual environment together with the Python under it', () => {
    file('base/bin/python3')
    file('base/lib/python3.12/os.py')
    file('venv/bin/python')
    file('venv/pyvenv.cfg', `home = ${join(home, 'base/bin')}\n`)
    expect(targets(onPath('venv/bin'))).toEqual(['~/base', '~/venv'])
  })

  it('shows ~/.local/bin but never ~/.local, the home or what holds the state', () => {
    file('.local/bin/tool')
    file('.local/lib/python3.12/os.py')
    file('.local/state/commit-suite/db')
    expect(targets(onPath('.local/bin', '.local', '.', '.local/state', '..'))).toEqual(['~/.local/bin'])
    expect(targets({ PATH: `/:${home}:relative::` })).toEqual([])
  })

  it('shows a PATH directory behind a link under both of its names', () => {
    file('versions/1/bin/tool')
    symlinkSync('versions/1', join(home, 'current'))
    const binds = findToolchains(onPath('current/bin'), ['/usr'], places).binds
    expect(binds).toEqual([
      { target: join(home, 'current/bin'), source: join(home, 'versions/1/bin'), kind: 'directory' },
      { target: join(home, 'versions/1/bin'), source: join(home, 'versions/1/bin'), kind: 'directory' },
    ])
  })

  it('finds credentials to cover inside what is shown', () => {
    for (const name of ['.npmrc', 'etc/npmrc', '.aws/credentials', 'bin/tool']) file(`tool/${name}`)
    const found = credentialsBelow([join(home, 'tool')])
    expect(found.map(({ path, kind }) => [path.replace(home, '~'), kind]).sort()).toEqual([
      ['~/tool/.aws', 'directory'],
      ['~/tool/.npmrc', 'file'],
      ['~/tool/etc/npmrc', 'file'],
    ])
  })
})
