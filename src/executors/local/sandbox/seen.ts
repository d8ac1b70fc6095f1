/**
 * Where things lie in a sandbox, whatever the state directory. The new root is a tmpfs of ours, so the mount
 * points exist on every host and all their parents may be entered by every uid.
 */
export const SEEN = { tree: '/commit-suite/tree', home: '/commit-suite/home', tmp: '/commit-suite/tmp' } as const

/** The forwarder's folder in the sandbox, and its port: in a network namespace of its own nobody else can hold it. */
export const FORWARDER_FOLDER = '/commit-suite/net'
export const FORWARDER_PORT = 3128
