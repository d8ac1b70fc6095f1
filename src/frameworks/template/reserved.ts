/** Where the tree, HOME and the results of a run lie in its pod. */
export const POD_ROOT = '/commit-suite'

/** Volumes that we put into every pod. */
export const VOLUMES = { root: 'commit-suite', tmp: 'commit-suite-tmp' } as const
export const RESERVED_VOLUMES: readonly string[] = Object.values(VOLUMES)
