import { PLANTED } from './planted.ts'
import type { DashboardStack } from './stack.ts'

const sha12 = ({ shas }: DashboardStack): string => shas[1]?.slice(0, 12) ?? ''

/** Every page, at an address where it has something to show. */
export const addresses = {
  'the list of suites': () => '/suites',
  'a suite': () => `/suites/${PLANTED.suite}`,
  'a commit': (stack) => `/suites/${PLANTED.suite}/commits/${sha12(stack)}`,
  'a run': (stack) => `/runs/${PLANTED.suite}.${sha12(stack)}.2`,
  'a new suite': () => '/new',
  'the list of searches': () => '/searches',
  'a search': () => `/searches/${PLANTED.search}`,
  'an isolation': () => `/isolations/${PLANTED.isolation}`,
  'the list of tests': () => '/tests',
  'the history of a test': ({ repo }) => `/tests/history?${new URLSearchParams({ repo, test: PLANTED.test })}`,
  'the list of sweeps': () => '/sweeps',
  'a sweep': () => `/sweeps/${PLANTED.sweep}`,
  'the list of environments': () => '/environments',
  'the login': () => '/login',
  'an address that leads nowhere': () => '/nowhere',
} satisfies Record<string, (stack: DashboardStack) => string>
