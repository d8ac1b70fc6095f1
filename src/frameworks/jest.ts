import type { Framework } from './framework.ts'
import { namedByPackage, nodeFramework } from './node/node-framework.ts'
import { REQUESTED } from './reports/requested.ts'

const MENTION = /(?:^|[\s/;&|("'])(?:jest|react-scripts test)(?:$|[\s;&|)"'.@])/

export const jest: Framework = nodeFramework({
  name: 'jest',
  mentionedIn: MENTION,
  fallbackCommand: 'npx --no-install jest',
  seedVariable: 'JEST_SEED',
  runner: {
    word: /(?:^|\/)(?:jest(?:\.js)?|react-scripts)$/,
    options: {
      // What people read is on stderr with or without it.
      report: { options: ['--json', `--outputFile=${REQUESTED.jest}`], unless: /--json\b|--outputFile\b|--watch/ },
      order: { shuffle: ['--randomize'], seed: ['--seed=$TEST_SEED'], asked: /\brandomize\b/ },
      settings: /^jest\.config\.(?:[cm]?[jt]s|json)$/,
    },
  },
  recognise: (pkg, rootFiles) =>
    pkg?.configures.jest === true ||
    namedByPackage(pkg, rootFiles, {
      dependencies: ['jest', 'jest-cli', '@jest/core', 'ts-jest', 'react-scripts'],
      configFile: /^jest\.config\.(?:[cm]?[jt]s|json)$/,
      script: MENTION,
    }),
})
