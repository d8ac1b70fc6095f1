import type { Framework } from './framework.ts'
import { namedByPackage, nodeFramework } from './node/node-framework.ts'

const MENTION = /(?:^|[\s/;&|("'])_?mocha(?:$|[\s;&|)"'@])/

export const mocha: Framework = nodeFramework({
  name: 'mocha',
  mentionedIn: MENTION,
  fallbackCommand: 'npx --no-install mocha',
  seedVariable: 'MOCHA_SEED',
  runner: {
    word: /(?:^|\/)_?mocha(?:\.js)?$/,
    options: {
      // Mocha has one reporter at a time: this is the one that both people and we can read.
      report: {
        options: ['--reporter tap', '--reporter-options tapVersion=13'],
        unless: /--reporter\b|\s-R\b|"reporter"|\breporter:/,
      },
      order: undefined,
      settings: /^\.mocharc\.(?:[cm]?js|json|jsonc|ya?ml)$/,
    },
  },
  recognise: (pkg, rootFiles) =>
    pkg?.configures.mocha === true ||
    namedByPackage(pkg, rootFiles, {
      dependencies: ['mocha'],
      configFile: /^\.mocharc\.(?:[cm]?js|json|jsonc|ya?ml)$/,
      script: MENTION,
    }),
})
