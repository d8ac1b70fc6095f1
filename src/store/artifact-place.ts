import type { S3Place } from './s3/place.ts'

/** A folder of this host, as absolute path, or a bucket. */
export type ArtifactPlace = string | S3Place
