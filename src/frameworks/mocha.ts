import type { Framework } from './framework.ts'
import { namedByPackage, nodeFramework } from './node/node-framework.ts'

const MENTION = /(?:^|[\s/;&|("'])_?mocha(?:$|[\s;&|)"'@])/

export const mocha: Framework = nodeFramework({
  name: 'mocha',
  mentionedIn: MENTION,
  fallbackCommand: 'npx --no-install mocha',
  seedVariable: 'MOCHA_SEED',
  recognise: (pkg, rootFiles) =>
    pkg?.configures.mocha === true ||
    namedByPackage(pkg, rootFiles, {
      dependencies: ['mocha'],
      configFile: /^\.mocharc\.(?:[cm]?js|json|jsonc|ya?ml)$/,
      script: MENTION,
    }),
})
