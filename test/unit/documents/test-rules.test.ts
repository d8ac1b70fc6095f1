import { describe, expect, it } from 'vitest'
import { readTestRules } from '../../../src/documents/test-rules.ts'

const DAY = '2026-03-01'

/** The rules of a commit with these files in its root; null is one that is too large to be read. */
const rulesOf = (files: Record<string, string | null>, day = DAY) =>
  readTestRules({ read: async (path) => files[path] ?? undefined, exists: async (path) => path in files }, day)

describe('the rules of a commit for its tests', () => {
  it('are none where it has no file', async () => {
    expect(await rulesOf({})).toEqual({ ignore: [], quarantine: [], severity: undefined, warnings: [] })
  })

  it('come from .commit-suite.yml, and from .flaky-detector.yml where that is silent', async () => {
    const other = 'ignore_patterns: [old_*]\nseverity_thresholds: {critical: 0.8, low: 0.2}'
    const own = 'quarantine: [a, {test: b}]\nseverity: {low: 0.05}'
    expect(await rulesOf({ '.commit-suite.yml': own, '.flaky-detector.yml': other })).toEqual({
      ignore: ['old_*'],
      quarantine: ['a', 'b'],
      severity: { critical: 0.8, high: 0.5, medium: 0.1, low: 0.05 },
      warnings: [],
    })
    expect(await rulesOf({ '.commit-suite.yml': 'ignore: []', '.flaky-detector.yml': other })).toMatchObject({
      ignore: [],
    })
  })

  it('may lie in a file of another extension, the first that exists', async () => {
    expect(await rulesOf({ '.commit-suite.json': '{"ignore": ["a"]}' })).toMatchObject({ ignore: ['a'] })
    const both = { '.commit-suite.yaml': 'ignore: [b]', '.commit-suite.json': '{"ignore": ["a"]}' }
    expect(await rulesOf(both)).toMatchObject({ ignore: ['b'] })
  })

  it('end a quarantine after its last day, and say so', async () => {
    const files = { '.commit-suite.yml': 'quarantine: [{test: a, until: 2026-03-01}, {test: b, until: 2026-02-28}]' }
    expect(await rulesOf(files)).toMatchObject({
      quarantine: ['a'],
      warnings: ['The quarantine of b ended on 2026-02-28: its failures count again.'],
    })
    expect(await rulesOf(files, '2026-03-02')).toMatchObject({ quarantine: [] })
  })

  it('do not depend on what a job alone goes by', async () => {
    expect(
      await rulesOf({ '.flaky-detector.yml': 'runs: 5000\nignore_patern: x\nignore_patterns: [a]' }),
    ).toMatchObject({
      ignore: ['a'],
      warnings: ['.flaky-detector.yml:2: "ignore_patern" is not a known key. Did you mean ignore_patterns?'],
    })
  })

  it.each([
    [{ '.commit-suite.yml': 'ignore: x' }, '.commit-suite.yml:1: ignore: "x" – must be a list of at most 1000 globs.'],
    [{ '.commit-suite.yml': null }, '.commit-suite.yml: "the file" – must have at most 64 KiB.'],
    [
      { '.flaky-detector.yml': 'severity_thresholds: 1' },
      '.flaky-detector.yml:1: severity_thresholds: 1 – must be a mapping of critical, high, medium and low.',
    ],
    [{ '.flaky-detector.yml': '[]' }, '.flaky-detector.yml:1: the document: [] – must be a mapping of keys to values.'],
  ])('%j is an error', async (files, message) => {
    await expect(rulesOf(files)).rejects.toMatchObject({ code: 'config_invalid', message })
  })
})
