import type { Framework } from './framework.ts'
import { namedByPackage, nodeFramework } from './node/node-framework.ts'
import { REQUESTED } from './reports/requested.ts'

const MENTION = /(?:^|[\s/;&|("'])vitest(?:$|[\s;&|)"'@])/

export const vitest: Framework = nodeFramework({
  name: 'vitest',
  mentionedIn: MENTION,
  fallbackCommand: 'npx --no-install vitest run',
  seedVariable: 'VITE_TEST_SEED',
  runner: {
    word: /(?:^|\/)vitest(?:\.mjs)?$/,
    options: {
      report: {
        options: ['--reporter=default', '--reporter=junit', `--outputFile.junit=${REQUESTED.junit}`],
        unless: /\breporters?\b|\boutputFile\b|\bbench\b/,
      },
      order: { shuffle: ['--sequence.shuffle'], seed: ['--sequence.seed=$TEST_SEED'], asked: /\bshuffle\b/ },
      settings: /^(?:vitest|vite)\.(?:config|workspace|projects)\.[cm]?[jt]s(?:on)?$/,
    },
  },
  recognise: (pkg, rootFiles) =>
    namedByPackage(pkg, rootFiles, {
      dependencies: ['vitest'],
      configFile: /^vitest\.(?:config|workspace|projects)\.[cm]?[jt]s(?:on)?$/,
      script: MENTION,
    }),
})
