import { resolve } from 'node:path'
import { execa } from 'execa'

/** False for a cluster that somebody else runs: it is not broken for a test, and enforces what its owner wants. */
export const OURS = process.env.COMMIT_SUITE_TEST_CLUSTER !== 'existing'

/** Provokes one of the faults of docs/test-cluster.md. */
export const fault = (name: string) => execa(resolve('test/cluster/cluster.sh'), [name])
