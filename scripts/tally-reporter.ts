import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { RESULTS_DIR, type Tally, writeTally } from './tally.ts'

const firstLine = (text: string | undefined): string => text?.split('\n')[0] ?? ''
const title = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`

function addTest(tally: Tally, test: TestCase): void {
  const result = test.result()
  if (result.state === 'passed') tally.passed++
  else if (result.state === 'failed') tally.failed.push(`${title(test)}: ${firstLine(result.errors[0]?.message)}`)
  else if (result.state === 'skipped') tally.skipped.push(title(test) + (result.note ? `: ${result.note}` : ''))
  // A test that never came to an end proves nothing.
  else tally.failed.push(`${title(test)}: did not finish`)
}

function addModule(tally: Tally, module: TestModule): void {
  const failedBefore = tally.failed.length
  for (const test of module.children.allTests()) addTest(tally, test)
  // A file that cannot be loaded, or whose hooks fail, has no failed test of its own.
  if (!module.ok() && tally.failed.length === failedBefore) {
    tally.failed.push(
      `${module.relativeModuleId}: ${firstLine(module.errors()[0]?.message) || 'failed outside its tests'}`,
    )
  }
}

/** Vitest reporter: writes the tally of the tier named by TALLY_NAME, skipped tests with their reasons. */
export default class TallyReporter implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message: string }[]): Promise<void> {
    const tally: Tally = { name: process.env.TALLY_NAME ?? 'tests', passed: 0, failed: [], skipped: [] }
    for (const module of modules) addModule(tally, module)
    for (const error of unhandled) tally.failed.push(`outside all tests: ${firstLine(error.message)}`)
    await writeTally(process.env.TALLY_DIR ?? RESULTS_DIR, tally)
  }
}
