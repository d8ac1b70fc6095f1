import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3'

/** What one request lists and one deletes, at most. */
const PAGE = 1_000

/** Deletes all objects whose keys begin with `prefix`, in batches; an interrupted removal is completed by the next. */
export async function removeObjects(client: S3Client, bucket: string, prefix: string): Promise<void> {
  const pages = paginateListObjectsV2({ client, pageSize: PAGE }, { Bucket: bucket, Prefix: prefix })
  for await (const { Contents = [] } of pages) {
    const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]))
    if (Objects.length === 0) continue
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } })
    const { Errors: [first] = [] } = await client.send(command)
    if (first !== undefined) {
      throw Object.assign(new Error(`${first.Key}: ${first.Message ?? ''}`), { name: first.Code ?? 'InternalError' })
    }
  }
}
