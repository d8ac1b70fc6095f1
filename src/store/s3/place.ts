import { invalidInput } from '../../contract/index.ts'

/** Where in which bucket artifacts lie. Holds no credentials: those are found by the client itself. */
export interface S3Place {
  bucket: string
  /** Of all keys, without slashes at its ends; may be empty. */
  prefix: string
  /** Of a server other than Amazon's. */
  endpoint: string | undefined
  /** Else the one of the standard configuration (`AWS_REGION`, a profile). */
  region: string | undefined
  /** `https://host/bucket/key` in the place of `https://bucket.host/key`. */
  pathStyle: boolean
}

/** Variables besides the address of the bucket, as the environment has them. */
export interface S3Settings {
  endpoint: string | undefined
  region: string | undefined
  pathStyle: 'true' | 'false' | undefined
}

const SCHEME = 's3://'
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/
const PREFIX_PART = /^(?!\.{1,2}$)[A-Za-z0-9!_.*'()-]+$/
/** Leaves most of the 1,024 bytes of a key to the names of artifacts. */
const LONGEST_PREFIX = 200
/** Of the servers that we know, those other than Amazon's heed no region. */
const REGION_OF_OTHERS = 'us-east-1'
const REGION = /^[a-z0-9-]{1,64}$/
const REMEDY = 'Write it like s3://bucket/folder.'

/** Whether an address of artifacts means a bucket. */
export const isS3Address = (text: string): boolean => text.toLowerCase().startsWith(SCHEME)

/** Throws `config_invalid`. Values that may hold a password are not quoted. */
export function parseS3Place(field: string, text: string, settings: S3Settings): S3Place {
  const wrong = (rule: string) =>
    invalidInput(field, text.includes('@') ? '(hidden)' : text, rule, REMEDY, 'config_invalid')
  const [bucket = '', ...parts] = text.slice(SCHEME.length).replace(/\/$/, '').split('/')
  if (!BUCKET.test(bucket)) throw wrong('must name a bucket: 3 to 63 of a-z, 0-9, "." and "-"')
  if (parts.some((part) => !PREFIX_PART.test(part))) {
    throw wrong(`behind the bucket may stand letters, digits and !_.*'()- only, parted by single slashes`)
  }
  const prefix = parts.join('/')
  if (prefix.length > LONGEST_PREFIX) throw wrong(`behind the bucket may stand at most ${LONGEST_PREFIX} characters`)
  const endpoint = settings.endpoint === undefined ? undefined : endpointUrl(settings.endpoint)
  return {
    bucket,
    prefix,
    endpoint,
    region: regionOf(settings.region) ?? (endpoint === undefined ? undefined : REGION_OF_OTHERS),
    pathStyle: settings.pathStyle === undefined ? endpoint !== undefined : settings.pathStyle === 'true',
  }
}

function endpointUrl(text: string): string {
  const wrong = (rule: string) =>
    invalidInput(
      'COMMIT_SUITE_S3_ENDPOINT',
      '(hidden)',
      rule,
      'Write it like https://s3.example.org.',
      'config_invalid',
    )
  if (!URL.canParse(text)) throw wrong('is not a URL')
  const { protocol, username, password, pathname, search, hash, origin } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') throw wrong('must begin with https:// or http://')
  if (username !== '' || password !== '') throw wrong('must hold no user; credentials stand in the variables of AWS')
  if (pathname !== '/' || search !== '' || hash !== '') throw wrong('must hold nothing behind host and port')
  return origin
}

function regionOf(text: string | undefined): string | undefined {
  if (text === undefined || REGION.test(text)) return text
  const remedy = 'Write it like eu-central-1.'
  throw invalidInput('COMMIT_SUITE_S3_REGION', text, 'is not the name of a region', remedy, 'config_invalid')
}

/** `s3://bucket/folder`, as it was given. */
export const s3Address = ({ bucket, prefix }: S3Place): string =>
  prefix === '' ? `${SCHEME}${bucket}` : `${SCHEME}${bucket}/${prefix}`

/** For messages: which bucket, and whose. */
export const describeS3Place = (place: S3Place): string =>
  place.endpoint === undefined ? s3Address(place) : `${s3Address(place)} at ${place.endpoint}`
