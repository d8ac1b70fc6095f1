/** One line of an fstab(5) for `mount --all`: one process makes all mounts of a sandbox. */
export interface Mount {
  source: string
  /** Absolute as seen in the sandbox. */
  target: string
  type: 'bind' | 'tmpfs' | 'proc' | 'devpts'
  options: string
}

/** Where init builds the new root; the same as in init.sh. */
export const NEW_ROOT = '/sys/fs'

const escapeField = (text: string): string =>
  text.replace(/[\\#\s]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`)

export const readOnlyBind = (source: string, target = source): Mount => ({
  source,
  target,
  type: 'bind',
  options: 'bind,ro,nosuid,nodev',
})

export const writableBind = (source: string, target: string): Mount => ({
  source,
  target,
  type: 'bind',
  options: 'bind,nosuid,nodev',
})

export const tmpfs = (target: string, options: string): Mount => ({ source: 'tmpfs', target, type: 'tmpfs', options })

/** Renders mounts in their order. Blanks, line ends, `#` and backslashes in paths are escaped. */
export function renderFstab(mounts: readonly Mount[]): string {
  const line = (mount: Mount): string => {
    const type = mount.type === 'bind' ? 'none' : mount.type
    return `${escapeField(mount.source)} ${NEW_ROOT}${escapeField(mount.target)} ${type} ${mount.options},X-mount.mkdir 0 0`
  }
  return mounts.map(line).join('\n')
}
