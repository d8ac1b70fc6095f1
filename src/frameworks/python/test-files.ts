export const TEST_FOLDERS = ['', 'tests', 'test'] as const
export const PYTHON_TEST_FILE = /^(?:test.*|.*_test|.*_tests)\.py$/

export const usesUnittest = (text: string): boolean =>
  /^[ \t]*(?:import|from)[ \t]+unittest\b/m.test(text) || /\bunittest\.(?:Isolated\w+)?TestCase\b/.test(text)
