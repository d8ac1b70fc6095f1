import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  PutBucketPolicyCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3'
import type { S3Place } from '../../../src/store/s3/place.ts'
import { freePort } from '../free-port.ts'
import { until } from '../until.ts'
import { s3ServerBinary } from './install.ts'

export interface S3Credentials {
  accessKeyId: string
  secretAccessKey: string
}

/** As a client finds them in its environment. */
export const credentialVariables = ({ accessKeyId, secretAccessKey }: S3Credentials) => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_SESSION_TOKEN: '',
  AWS_PROFILE: '',
})

const madeUp = (name: string): S3Credentials => ({
  accessKeyId: `${name}-${randomUUID()}`,
  secretAccessKey: randomUUID(),
})

/** A real S3 server of its own, on a port of loopback, until `dispose`. */
export class TestS3 {
  readonly port: number
  /** May do everything. */
  readonly owner: S3Credentials
  /** Have the rights that a bucket's policy gives them. */
  readonly users: Record<'worker' | 'gateway' | 'stranger', S3Credentials>
  readonly client: S3Client
  readonly #folder: string
  readonly #binary: string
  #server: ChildProcess | undefined

  private constructor(folder: string, binary: string, port: number) {
    this.#folder = folder
    this.#binary = binary
    this.port = port
    this.owner = madeUp('owner')
    this.users = { worker: madeUp('worker'), gateway: madeUp('gateway'), stranger: madeUp('stranger') }
    const settings = { region: 'us-east-1', endpoint: this.endpoint, forcePathStyle: true }
    this.client = new S3Client({ ...settings, credentials: this.owner })
  }

  static async start(): Promise<TestS3> {
    const binary = await s3ServerBinary((line) => process.stderr.write(`${line}\n`))
    const folder = await mkdtemp(join(tmpdir(), 'cs-s3-'))
    const server = new TestS3(folder, binary, await freePort())
    for (const part of ['data', 'meta', 'iam']) await mkdir(join(folder, part))
    await writeFile(join(folder, 'iam', 'users.json'), JSON.stringify({ accessAccounts: server.#accounts() }))
    await server.resume()
    return server
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`
  }

  #accounts() {
    const account = ({ accessKeyId: access, secretAccessKey: secret }: S3Credentials) => ({
      ...{ access, secret, role: 'user', userID: 0, groupID: 0, projectID: 0 },
    })
    return Object.fromEntries(Object.values(this.users).map((user) => [user.accessKeyId, account(user)]))
  }

  /** Starts the server again, with all that it held. */
  async resume(): Promise<void> {
    const { accessKeyId, secretAccessKey } = this.owner
    const at = (part: string) => join(this.#folder, part)
    const options = ['--port', `127.0.0.1:${this.port}`, '--iam-dir', at('iam'), '--health', '/health', '--quiet']
    const env = { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey, HOME: this.#folder }
    this.#server = spawn(this.#binary, [...options, '--keep-alive', 'posix', '--sidecar', at('meta'), at('data')], {
      ...{ env, cwd: this.#folder, stdio: 'ignore' },
    })
    await until('the S3 server answers', async () => {
      if (this.#server?.exitCode !== null) throw new Error(`the S3 server ended with ${this.#server?.exitCode}`)
      return await fetch(`${this.endpoint}/health`).then(
        ({ ok }) => ok,
        () => false,
      )
    })
  }

  /** Ends the server at once. */
  async crash(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined || server.exitCode !== null) return
    const closed = once(server, 'close')
    server.kill('SIGKILL')
    await closed
  }

  /** A new bucket; who else than its owner may do what, says the policy. */
  async bucket(policy?: (bucket: string) => object): Promise<string> {
    const bucket = `cs-${randomUUID()}`
    await this.client.send(new CreateBucketCommand({ Bucket: bucket }))
    if (policy !== undefined) await this.allow(bucket, policy)
    return bucket
  }

  async allow(bucket: string, policy: (bucket: string) => object): Promise<void> {
    const Policy = JSON.stringify(policy(bucket))
    await this.client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }))
  }

  /** From now on its owner alone may do anything there. */
  async refuseAll(bucket: string): Promise<void> {
    await this.client.send(new DeleteBucketPolicyCommand({ Bucket: bucket }))
  }

  place(bucket: string, prefix = ''): S3Place {
    return { bucket, prefix, endpoint: this.endpoint, region: 'us-east-1', pathStyle: true }
  }

  /** All keys of a place, without its prefix. */
  async keys({ bucket, prefix }: S3Place): Promise<string[]> {
    const folder = prefix === '' ? '' : `${prefix}/`
    const keys: string[] = []
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.client },
      { Bucket: bucket, Prefix: folder },
    )) {
      keys.push(...Contents.map(({ Key = '' }) => Key.slice(folder.length)))
    }
    return keys
  }

  /** Lets a folder of a bucket hold so many objects, faster than by storing them. */
  async fill(bucket: string, folder: string, objects: number): Promise<void> {
    const path = join(this.#folder, 'data', bucket, folder)
    await mkdir(path, { recursive: true })
    for (let index = 0; index < objects; index++) await writeFile(join(path, String(index)), '')
  }

  async dispose(): Promise<void> {
    this.client.destroy()
    await this.crash()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
