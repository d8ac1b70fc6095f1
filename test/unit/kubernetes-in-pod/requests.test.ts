import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSelection, parseState } from '../../../src/executors/kubernetes/in-pod/commands.ts'
import { encodeRequest, type PodRunRequest } from '../../../src/executors/kubernetes/in-pod/request.ts'

const request = (more: Partial<PodRunRequest> = {}): PodRunRequest => ({
  command: { argv: ['true'] },
  workdir: '.',
  env: {},
  timeoutMs: 1_500,
  graceMs: 250,
  outputCapBytes: 1_001,
  files: true,
  ...more,
})

/** The request as `attach.sh` would write it down. */
const decoded = (encoded: Uint8Array): string =>
  execFileSync('sh', ['-c', 'IFS= read -r request && printf %b "$request"'], { input: encoded, encoding: 'utf8' })

describe('requests to the runner in a pod', () => {
  it('are one line, whatever they hold', () => {
    const encoded = encodeRequest(request({ command: { shell: 'a\nb \\n' }, env: { A: "it's\n\\t" } }))
    expect(Buffer.from(encoded).indexOf('\n')).toBe(encoded.byteLength - 1)
  })

  it('say times in seconds from the start and half of the cap', () => {
    expect(decoded(encodeRequest(request()))).toMatch(/^cs_timeout=1.500\ncs_kill=1.750\ncs_half=500\ncs_files=1\n/)
  })

  it('bring words and values through the shell unchanged', () => {
    const word = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), word, (words, value) => {
        const argv = [
          'node',
          '-e',
          'console.log(JSON.stringify([process.argv.slice(1), process.env.V]))',
          '--',
          ...words,
        ]
        const script = decoded(encodeRequest(request({ command: { argv }, env: { V: value } })))
        // What becomes the command, without its folder and the set-up of its environment.
        const exec = script.split('\n').findIndex((line) => line.startsWith("exec 'node'"))
        const variable = script.slice(script.indexOf('export V='), script.indexOf('\ncd '))
        const command = script
          .split('\n')
          .slice(exec)
          .join('\n')
          .replace(/\n}\n$/, '\n')
        const env = { PATH: `${process.execPath.replace(/\/[^/]+$/, '')}:/usr/bin:/bin` }
        const printed = execFileSync('sh', ['-c', `${variable}\n${command}`], { env, encoding: 'utf8' })
        expect(JSON.parse(printed)).toEqual([words, value])
      }),
      { numRuns: 25 },
    )
  })

  it('ask for at most a hundred files, none with a newline in its name', () => {
    const names = ['new\nline', '-rf', ...Array.from({ length: 200 }, (_, i) => `${i}.xml`)]
    const lines = Buffer.from(encodeSelection(names)).toString().split('\n')
    expect(lines.slice(0, 3)).toEqual(['100', './-rf', './0.xml'])
    expect(lines).toHaveLength(102)
  })
})

describe('the state of a runner', () => {
  it.each([
    ['waiting\n', { phase: 'waiting', run: null, ended: [] }],
    ['running r-1\n', { phase: 'running', run: 'r-1', ended: [] }],
    ['idle\nr-1\nr-2\n', { phase: 'idle', run: null, ended: ['r-1', 'r-2'] }],
    ['', undefined],
    ['something else\n', undefined],
  ])('is read from %j', (printed, state) => {
    expect(parseState(printed)).toEqual(state)
  })
})
