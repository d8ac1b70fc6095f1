import type { Framework } from './framework.ts'
import { matchingFiles } from './matching-files.ts'
import { nodeFramework } from './node/node-framework.ts'
import { askForTap, canAskForTap } from './reports/node-report.ts'

const MENTION = /(?:^|[\s/;&|("'])(?:node|tsx)\s(?:[^;&|]*\s)?--test(?:$|[\s;&|)"'=-])/
const TEST_FILE = /(?:^test|[.\-_]test|^test[-_].*|\.spec)\.[cm]?[jt]s$/
const IMPORTS_RUNNER = /(?:from\s*|require\(\s*|import\s*)['"]node:test['"]/

/** Node's own runner: named by the script `test`, or imported by the tests. */
export const nodeTest: Framework = nodeFramework({
  name: 'node-test',
  mentionedIn: MENTION,
  fallbackCommand: 'node --test',
  seedVariable: undefined,
  report: { fits: canAskForTap, environment: askForTap },
  async recognise(pkg, _rootFiles, files) {
    if (pkg !== undefined && MENTION.test(pkg.testScript)) return true
    const inTestFolders = await matchingFiles(files, ['test', 'tests', '__tests__'], /\.[cm]?[jt]s$/)
    const beside = await matchingFiles(files, ['', 'src', 'lib'], TEST_FILE)
    return [...inTestFolders, ...beside].some((text) => IMPORTS_RUNNER.test(text))
  },
})
