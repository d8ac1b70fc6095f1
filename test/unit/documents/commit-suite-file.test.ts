import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readProjectDefaults } from '../../../src/cli/config-file/defaults.ts'
import { projectFormSchema } from '../../../src/cli/config-file/own-form.ts'
import { OPTION_KEYS } from '../../../src/documents/commit-suite-file/options.ts'
import { readTestedKeys } from '../../../src/documents/commit-suite-file/read.ts'
import { TESTED_KEYS } from '../../../src/documents/commit-suite-file/schema.ts'

const FILE = '.commit-suite.yml'
const read = (text: string) => readTestedKeys(text, FILE)

const refusalOf = (text: string): string => {
  try {
    read(text)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('was not refused')
}

const COMPLETE = `
runs: 50                # an option of whoever starts a suite
command: pytest -q
quarantine:
  - tests/test_net.py::*
  - test: test_upload
    reason: the mirror is slow
    since: 2026-01-05
    until: 2026-06-30
ignore: ["test_gpu_*"]
severity: { critical: 0.5, low: 0.001 }
`

describe('.commit-suite.yml of a tested commit', () => {
  it('says which tests are in quarantine, which are ignored, and from which rate on a failure is severe', () => {
    expect(read(COMPLETE)).toEqual({
      quarantine: [
        { test: 'tests/test_net.py::*' },
        { test: 'test_upload', reason: 'the mirror is slow', since: '2026-01-05', until: '2026-06-30' },
      ],
      ignore: ['test_gpu_*'],
      severity: { critical: 0.5, low: 0.001 },
      warnings: [],
    })
  })

  it('may be empty or hold nothing but options, whatever they are worth', () => {
    for (const text of ['', '# nothing', 'runs: lots\nenv: [1]', 'quarantine:\nignore: ~\n']) {
      expect(read(text)).toEqual({ warnings: [] })
    }
  })

  it('warns of unknown keys, nested ones too, and names the one that was probably meant', () => {
    const text = 'quarantin: [a]\nquarantine:\n  - {test: a, reson: b}\nseverity: {hig: 0.1}\nparalelism: 3'
    expect(read(text)).toMatchObject({ quarantine: [{ test: 'a' }], severity: {} })
    expect(read(text).warnings).toEqual([
      '.commit-suite.yml:1: "quarantin" is not a known key. Did you mean quarantine?',
      '.commit-suite.yml:5: "paralelism" is not a known key. Did you mean parallelism?',
      '.commit-suite.yml:3: "quarantine.0.reson" is not a known key. Did you mean reason?',
      '.commit-suite.yml:4: "severity.hig" is not a known key. Did you mean high?',
    ])
  })

  it.each([
    ['# x\nquarantine: test_a', '.commit-suite.yml:2: quarantine: "test_a" – must be a list of at most 1000 globs'],
    ['quarantine:\n  - a\n  - 7', '.commit-suite.yml:3: quarantine.1: 7 – must be a glob or a mapping of test, reason'],
    ['quarantine:\n  - ""', '.commit-suite.yml:2: quarantine.0: "" – must be a glob of 1 to 1024'],
    ['quarantine:\n  - {reason: x}', '.commit-suite.yml:2: quarantine.0.test: undefined – must be a glob of 1'],
    [
      'quarantine:\n  - test: a\n    until: 2026-02-30',
      '.commit-suite.yml:3: quarantine.0.until: "2026-02-30" – must be a date such as 2026-01-31.',
    ],
    ['ignore: [""]', '.commit-suite.yml:1: ignore.0: "" – must be a glob of 1 to 1024 characters.'],
    ['severity:\n  high: 10', '.commit-suite.yml:2: severity.high: 10 – must be a number from 0 to 1.'],
    ['- quarantine', '.commit-suite.yml:1: the document: ["quarantine"] – must be a mapping of keys to values.'],
    ['quarantine: !!js/function "x"', '.commit-suite.yml:1: '],
    ['ignore: [a]\nignore: [b]', '.commit-suite.yml:2: Map keys must be unique'],
    [`# ${'x'.repeat(65_536)}`, '.commit-suite.yml: "65538 bytes" – must have at most 64 KiB.'],
  ])('%j is refused by file, line, key, value and rule', (text, message) => {
    expect(refusalOf(text)).toContain(message)
  })

  it('is documented by an example that is read without a warning', async () => {
    const page = await readFile(join(import.meta.dirname, '../../../docs/quarantine.md'), 'utf8')
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? []
    expect(read(example)).toMatchObject({
      quarantine: [{}, { until: '2026-06-30' }],
      ignore: ['test_gpu_*'],
      warnings: [],
    })
  })

  it('is the file that holds the defaults of the command line, which leaves the rules for tests to the commit', async () => {
    expect(Object.keys(projectFormSchema.shape).toSorted()).toEqual([...TESTED_KEYS, ...OPTION_KEYS].toSorted())
    const folder = await mkdtemp(join(tmpdir(), 'cs-file-'))
    try {
      await writeFile(join(folder, FILE), COMPLETE)
      expect(await readProjectDefaults(folder)).toEqual({ runs: 50, command: { shell: 'pytest -q' } })
      await writeFile(join(folder, FILE), 'severity: {high: 10}')
      await expect(readProjectDefaults(folder)).rejects.toThrow(/:1: severity\.high: 10 – must be a number from 0 to 1/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
