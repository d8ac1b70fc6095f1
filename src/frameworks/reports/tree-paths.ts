/**
 * Where a run finds its commit: below the state directory in a folder whose name changes with the commit, in a sandbox
 * and in a pod always at the same place (see the executors).
 */
const TREE = /(?:\/[\w.@+~-]+)*\/(?:trees\/[0-9a-f]{12,64}|commit-suite)\/tree\//g

/** A text with the paths of the tested commit's files relative to its root: the same wherever and of whatever commit. */
export const withoutTree = (text: string): string => (text.includes('/tree/') ? text.replaceAll(TREE, '') : text)
