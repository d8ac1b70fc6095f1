import { initial } from './0001-initial.ts'
import { gateway } from './0002-gateway.ts'
import { extensions } from './0003-extensions.ts'
import { tests } from './0004-tests.ts'
import { searches } from './0005-searches.ts'
import { rules } from './0006-rules.ts'
import { isolations } from './0007-isolations.ts'
import { history } from './0008-history.ts'
import { sweeps } from './0009-sweeps.ts'
import { notifications } from './0010-notifications.ts'
import type { Migration } from './migration.ts'

/** In order; versions rise by one from 1. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  gateway,
  extensions,
  tests,
  searches,
  rules,
  isolations,
  history,
  sweeps,
  notifications,
]
export const NEWEST_VERSION = MIGRATIONS.length
