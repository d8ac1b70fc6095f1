import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assertSandboxSupported } from '../../../src/executors/local/sandbox/supported.ts'
import { type Host, makeHost, run } from './launch.ts'

const SYSTEM_PATH = '/usr/bin:/bin'
let host: Host
let home: string

/** A private home outside /tmp, as people have them; the state directory lies elsewhere. */
beforeAll(() => {
  home = mkdtempSync('/var/sandbox-home-')
  chmodSync(home, 0o700)
  host = makeHost({ HOME: home })
  makePython(join(home, '.pyenv/versions/9.9.9'))
  for (const name of ['shims/python9', 'libexec/pyenv']) {
    mkdirSync(dirname(join(home, '.pyenv', name)), { recursive: true })
    writeFileSync(join(home, '.pyenv', name), '#!/bin/sh\nexec "$PYENV_ROOT/versions/9.9.9/bin/python9" "$@"\n', {
      mode: 0o755,
    })
  }
  for (const name of ['.npmrc', '.pyenv/.netrc', '.config/token', 'project/file']) {
    mkdirSync(dirname(join(home, name)), { recursive: true })
    writeFileSync(join(home, name), 'secret')
  }
})
afterAll(() => {
  host.dispose()
  rmSync(home, { recursive: true, force: true })
})

/** The real interpreter of this machine, with the library it needs, under another root. */
function makePython(root: string): void {
  const python =
    'import sys, os; print(sys.base_prefix); print(os.path.realpath(sys.executable)); print("%d.%d" % sys.version_info[:2])'
  const [prefix = '', executable = '', version = ''] = execFileSync('python3', ['-c', python], {
    encoding: 'utf8',
  }).split('\n')
  mkdirSync(join(root, 'bin'), { recursive: true })
  mkdirSync(join(root, 'lib'))
  cpSync(executable, join(root, 'bin/python9'), { dereference: true })
  symlinkSync('python9', join(root, 'bin/python'))
  const skip = /site-packages|dist-packages|\/test$|__pycache__|\/idlelib|\/config-/
  const library = join(prefix, `lib/python${version}`)
  cpSync(library, join(root, `lib/python${version}`), {
    recursive: true,
    dereference: true,
    filter: (path) => !skip.test(path),
  })
  const shared = `lib/libpython${version}.so.1.0`
  if (existsSync(join(prefix, shared))) cpSync(join(prefix, shared), join(root, shared))
}

const onPath = (...directories: string[]): Host => ({
  ...host,
  env: { ...host.env, PATH: [...directories.map((directory) => join(home, directory)), SYSTEM_PATH].join(':') },
})

describe('toolchains in a sandbox', () => {
  it('run from below a home of mode 0700, through a shim, with nothing else of the home', async () => {
    const code = 'import json, sys; print(sys.executable)'
    const { stdout, stderr } = await run(
      onPath('.pyenv/shims'),
      `python9 -c '${code}' && ls -A ${home} && cat ${home}/.pyenv/.netrc`,
    )
    expect([stdout, stderr]).toEqual([`${home}/.pyenv/versions/9.9.9/bin/python9\n.pyenv\n`, ''])
  })

  it('run from a link in a shown directory', async () => {
    mkdirSync(join(home, 'bin'))
    symlinkSync('../.pyenv/versions/9.9.9/bin/python', join(home, 'bin/py'))
    const { stdout } = await run(onPath('bin'), `py -c 'import json; print(1)'; ls -A ${home}`)
    expect(stdout).toBe('1\n.pyenv\nbin\n')
  })

  it('are not chosen by the PATH of a request', async () => {
    const env = { PATH: `${home}/project:${home}:${SYSTEM_PATH}` }
    const { status } = await run(onPath(), `cat ${home}/project/file`, { env })
    expect(status).toBe('exit 1\n')
  })

  it('cannot be changed', async () => {
    const { status, stderr } = await run(onPath('.pyenv/shims'), `echo x >${home}/.pyenv/shims/python9`)
    expect(status).toBe('exit 1\n')
    expect(stderr).toMatch(/Read-only|denied/)
  })

  it('of this machine work: Python makes a virtual environment that later runs can use', async () => {
    const own = makeHost()
    const made = await run(own, 'python3 -m venv --without-pip .venv', { writes: 'direct' })
    const used = await run(own, '.venv/bin/python -c "import sys; print(sys.prefix)"')
    own.dispose()
    expect([made.stderr, made.status, used.stdout]).toEqual(['', 'exit 0\n', '/commit-suite/tree/.venv\n'])
  })

  it('start although a program on the PATH is a link to a single file below /tmp, or npm has put its own in front', async () => {
    const folder = join(host.root, 'programs')
    const npm = join(host.root, 'project/node_modules/.bin')
    writeFileSync(join(host.root, 'tool.js'), '')
    for (const bin of [folder, npm]) {
      mkdirSync(bin, { recursive: true })
      symlinkSync(join(host.root, 'tool.js'), join(bin, 'tool'))
    }
    const { status, stderr } = await run(
      { ...host, env: { ...host.env, PATH: `${npm}:${folder}:${SYSTEM_PATH}` } },
      'true',
    )
    expect([status, stderr]).toEqual(['exit 0\n', ''])
  })
})

describe('support for sandboxes', () => {
  it('is confirmed by trying one', async () => {
    await expect(assertSandboxSupported()).resolves.toBeUndefined()
  })
})
