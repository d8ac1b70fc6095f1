import type { Framework } from './framework.ts'
import { namedByPackage, nodeFramework } from './node/node-framework.ts'

const MENTION = /(?:^|[\s/;&|("'])vitest(?:$|[\s;&|)"'@])/

export const vitest: Framework = nodeFramework({
  name: 'vitest',
  mentionedIn: MENTION,
  fallbackCommand: 'npx --no-install vitest run',
  seedVariable: 'VITE_TEST_SEED',
  recognise: (pkg, rootFiles) =>
    namedByPackage(pkg, rootFiles, {
      dependencies: ['vitest'],
      configFile: /^vitest\.(?:config|workspace|projects)\.[cm]?[jt]s(?:on)?$/,
      script: MENTION,
    }),
})
