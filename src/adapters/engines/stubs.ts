/** Extensions that the embedded binaries lack and that we imitate: the same names and signatures, no behaviour. */
import { platforms } from '../../sql/platforms/index.ts'
import { vectorSql } from './stub-vector.ts'

export type Stub = {
  readonly name: string
  readonly version: string
  readonly comment: string
  /** The extension's script. */
  readonly sql: string
  /** Index access methods it brings, whose storage parameters the stand-in does not know. */
  readonly accessMethods: readonly string[]
}

/** Extensions of platforms whose objects stand in the platform's own list and are made before the first migration: there is nothing left for them to make. */
const empty: readonly Stub[] = [...new Set(platforms.flatMap(({ extensionSchemas }) => Object.values(extensionSchemas)))].map((name) => ({
  name,
  version: '1.0',
  comment: `stands in for ${name}: its objects are made apart from it`,
  sql: '',
  accessMethods: [],
}))

export const stubs: readonly Stub[] = [
  ...empty,
  {
    name: 'vector',
    version: '0.8.1',
    comment: 'stands in for pgvector: its names, without its behaviour',
    sql: vectorSql,
    accessMethods: ['hnsw', 'ivfflat'],
  },
]

/** The files of a stub in a server's folder of extensions. */
export const stubFiles = ({ name, version, sql, comment }: Stub): readonly { readonly file: string; readonly text: string }[] => [
  { file: `${name}.control`, text: `comment = '${comment}'\ndefault_version = '${version}'\nrelocatable = true\ntrusted = true\n` },
  { file: `${name}--${version}.sql`, text: sql },
]
