import { execa } from 'execa'

/** Folder of the sources of a Go module, checked against the checksum database; `module@version`. */
export async function goModule(module: string): Promise<string> {
  const { stdout } = await execa('go', ['mod', 'download', '-json', module], { cwd: '/' })
  const { Dir: folder }: { Dir: string } = JSON.parse(stdout)
  return folder
}
