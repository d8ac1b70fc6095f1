import { readFile } from 'node:fs/promises'
import type { TestS3 } from './server.ts'

/** The policy that the docs recommend, for a bucket and the users of this server. */
export async function documentedPolicy({ users }: Pick<TestS3, 'users'>): Promise<(bucket: string) => object> {
  const page = await readFile(new URL('../../../docs/artifacts.md', import.meta.url), 'utf8')
  const [, policy = ''] = /```json\n(.*?)\n```/s.exec(page) ?? []
  const principals = policy
    .replaceAll('"arn:aws:iam::111122223333:role/commit-suite-worker"', JSON.stringify(users.worker.accessKeyId))
    .replaceAll('"arn:aws:iam::111122223333:role/commit-suite-gateway"', JSON.stringify(users.gateway.accessKeyId))
  return (bucket) => JSON.parse(principals.replaceAll('commit-suite-artifacts', bucket))
}
