/** Live catalogs that are kept between runs, and answered while the rows they were read from have not moved. */
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { decodePrinted, encodePrinted, type PrintedCatalog } from '../../model/printed.ts'
import type { Session } from '../../model/session.ts'
import type { Cache } from '../../model/world.ts'
import { type Address, addressOf } from './address.ts'
import { fingerprintOf, fingerprintUnless, type IntrospectOptions, introspect, introspectUnless, type Recalled } from './introspect.ts'

type LiveOptions = Pick<IntrospectOptions, 'exclude' | 'shared'>

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const keyOf = (what: string, where: string, { exclude = [], shared = false }: LiveOptions, version: number, digest: string): string =>
  sha256(JSON.stringify([what, where, exclude.map(({ schema, table }) => [schema, table]), shared, version, digest]))

const pack = (printed: PrintedCatalog): Uint8Array => gzipSync(encodePrinted(printed), { level: 1 })
const unpack = (bytes: Uint8Array): PrintedCatalog => decodePrinted(gunzipSync(bytes).toString('utf8'))

const settle = async <T>(answer: Recalled<T>, keep: (read: T, digest: string) => Promise<void>): Promise<T> => {
  if ('known' in answer) return answer.known
  await keep(answer.read, answer.digest)
  return answer.read
}

/** `introspect`, kept. `server` names the server without a secret in it. */
export const introspectKept = async (session: Session, options: LiveOptions, cache: Cache, server: string): Promise<PrintedCatalog> => {
  const address = await addressOf(session, server)
  if (!address) return introspect(session, options)
  const { database } = address
  const key = (digest: string): string => keyOf('live catalog 2', database, options, session.version, digest)
  const answer = await introspectUnless(session, options, async (digest) => {
    const bytes = await cache.get(key(digest))
    return bytes && unpack(bytes)
  })
  return settle(answer, (read, digest) => cache.put(key(digest), pack(read)))
}

/** Where a fingerprint is kept: a copy of a database (CREATE DATABASE … TEMPLATE) has its rows, and nothing else in the server has. */
const placeOf = ({ database, cluster, copies }: Address, { shared = false }: LiveOptions): string => (shared || !copies ? database : cluster)

/** `fingerprintOf`, kept. */
export const fingerprintKept = async (session: Session, options: LiveOptions, cache: Cache, server: string): Promise<string> => {
  const address = await addressOf(session, server)
  if (!address) return fingerprintOf(session, options)
  const place = placeOf(address, options)
  const key = (digest: string): string => keyOf('live fingerprint 2', place, options, session.version, digest)
  const answer = await fingerprintUnless(session, options, async (digest) => {
    const bytes = await cache.get(key(digest))
    return bytes && new TextDecoder().decode(bytes)
  })
  return settle(answer, (read, digest) => cache.put(key(digest), new TextEncoder().encode(read)))
}
