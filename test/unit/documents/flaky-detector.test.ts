import { describe, expect, it } from 'vitest'
import { readFlakyDetectorFile } from '../../../src/documents/flaky-detector/read.ts'
import { splitCommand } from '../../../src/documents/flaky-detector/split-command.ts'

const refusalOf = (text: string): string => {
  try {
    readFlakyDetectorFile(text)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('was not refused')
}

/** As it lies in real repositories: a list whose items are all comments is null. */
const REAL_FILE = `
runs: 100                    # (1-1000)
parallelism: 10
timeout: 600                # seconds, entire job
# test_command: "pytest tests/ -v"
ignore_patterns:
  # - "test_known_flaky_*"
severity_thresholds:
  critical: 0.9
  high: 0.5
  medium: 0.1
  low: 0.01
auto_install_dependencies: yes
pip_install_timeout: 300
cleanup_on_failure: true
preserve_temp_dir: false
save_full_output: no
max_error_length: 200
random_seed_range:
  min: 1
  max: 1_000_000
auto_trigger_on_failure: true
auto_trigger_runs: 20
auto_trigger_parallelism: 5
`

describe('.flaky-detector.yml', () => {
  it('is read as it lies in real repositories, YAML 1.1 included', () => {
    expect(readFlakyDetectorFile(REAL_FILE)).toMatchObject({
      ...{ runs: 100, parallelism: 10, timeout: 600, argv: undefined },
      severity_thresholds: { critical: 0.9, high: 0.5, medium: 0.1, low: 0.01 },
      ...{ auto_install_dependencies: true, pip_install_timeout: 300, save_full_output: false, max_error_length: 200 },
      seedRange: { min: 1, max: 1_000_000 },
      warnings: [],
    })
  })

  it('may be empty, and null means the default', () => {
    for (const text of ['', '# nothing', '{}', 'runs: null\nrandom_seed_range: ~', 'runs:\ntest_command:\n']) {
      expect(readFlakyDetectorFile(text)).toEqual({ argv: undefined, seedRange: undefined, warnings: [] })
    }
    expect(readFlakyDetectorFile('random_seed_range: {min: 5, max: ~}').seedRange).toEqual({ min: 5, max: 2147483647 })
  })

  it('splits the command as a shell would', () => {
    expect(readFlakyDetectorFile(`test_command: pytest -k "a b" 'c'\\''d'`).argv).toEqual([
      'pytest',
      '-k',
      'a b',
      "c'd",
    ])
  })

  it('warns of unknown keys, nested ones too, and names the one that was probably meant', () => {
    expect(readFlakyDetectorFile('paralelism: 3\nseverity_thresholds:\n  critcal: 0.4\ncolour: blue').warnings).toEqual(
      [
        '.flaky-detector.yml:1: "paralelism" is not a known key. Did you mean parallelism?',
        '.flaky-detector.yml:4: "colour" is not a known key.',
        '.flaky-detector.yml:3: "severity_thresholds.critcal" is not a known key. Did you mean critical?',
      ],
    )
  })

  it.each([
    ['runs: 0', '.flaky-detector.yml:1: runs: 0 – must be an integer from 1 to 1000.'],
    ['# x\nruns: 1001', '.flaky-detector.yml:2: runs: 1001 – must be an integer from 1 to 1000.'],
    ['runs: 2.5', '.flaky-detector.yml:1: runs: 2.5 – must be an integer from 1 to 1000.'],
    ['runs: "10"', '.flaky-detector.yml:1: runs: "10" – must be an integer from 1 to 1000.'],
    ['parallelism: 51', '.flaky-detector.yml:1: parallelism: 51 – must be an integer from 1 to 50.'],
    ['timeout: 0', '.flaky-detector.yml:1: timeout: 0 – must be an integer from 1 to 604800.'],
    ['test_command: ""', '.flaky-detector.yml:1: test_command: "" – must be text of 1 to 8192 characters.'],
    ['test_command: "a \'b"', '.flaky-detector.yml:1: test_command: "a \'b" – must close every quote and escape.'],
    ['save_full_output: 1', '.flaky-detector.yml:1: save_full_output: 1 – must be true or false.'],
    [
      'severity_thresholds:\n  high: 1.5',
      '.flaky-detector.yml:2: severity_thresholds.high: 1.5 – must be a number from 0 to 1.',
    ],
    [
      'random_seed_range: {min: 9, max: 3}',
      '.flaky-detector.yml:1: random_seed_range: {"min":9,"max":3} – min must not be above max.',
    ],
    [
      'random_seed_range: {min: 0}',
      '.flaky-detector.yml:1: random_seed_range.min: 0 – must be an integer from 1 to 2147483647.',
    ],
    ['- runs', '.flaky-detector.yml:1: the document: ["runs"] – must be a mapping of keys to values.'],
  ])('%j is refused by file, line, key, value and bounds', (text, message) => {
    expect(refusalOf(text)).toBe(message)
  })

  it('executes nothing and does not blow up', () => {
    expect(refusalOf('runs: !!python/object/apply:os.system ["id"]')).toMatch(/^\.flaky-detector\.yml:1: /)
    expect(refusalOf('runs: 1\nruns: 2')).toMatch(/Map keys must be unique/)
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
    }
    expect(refusalOf(bomb.join('\n'))).toMatch(/alias/i)
    expect(refusalOf(`# ${'x'.repeat(65_536)}`)).toMatch(/must have at most 64 KiB/)
    expect(readFlakyDetectorFile('__proto__: {runs: 7}')).not.toHaveProperty('runs')
  })
})

describe('a test command', () => {
  it('is words, not interpreted', () => {
    expect(splitCommand('npm test -- --seed=$TEST_SEED; rm x')).toEqual({
      argv: ['npm', 'test', '--', '--seed=$TEST_SEED;', 'rm', 'x'],
    })
  })

  it.each(['"open', 'end\\', "''", "$'\\0'", 'x '.repeat(1025)])('%j is refused', (text) => {
    expect(splitCommand(text)).toHaveProperty('rule')
  })
})
