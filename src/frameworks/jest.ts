import type { Framework } from './framework.ts'
import { namedByPackage, nodeFramework } from './node/node-framework.ts'

const MENTION = /(?:^|[\s/;&|("'])(?:jest|react-scripts test)(?:$|[\s;&|)"'.@])/

export const jest: Framework = nodeFramework({
  name: 'jest',
  mentionedIn: MENTION,
  fallbackCommand: 'npx --no-install jest',
  seedVariable: 'JEST_SEED',
  recognise: (pkg, rootFiles) =>
    pkg?.configures.jest === true ||
    namedByPackage(pkg, rootFiles, {
      dependencies: ['jest', 'jest-cli', '@jest/core', 'ts-jest', 'react-scripts'],
      configFile: /^jest\.config\.(?:[cm]?[jt]s|json)$/,
      script: MENTION,
    }),
})
