/** Extensions that the embedded binaries lack and that we imitate: the same names and signatures, no behaviour. */
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

export const stubs: readonly Stub[] = [
  {
    name: 'vector',
    version: '0.8.1',
    comment: 'stands in for pgvector: its names, without its behaviour',
    sql: vectorSql,
    accessMethods: ['hnsw', 'ivfflat'],
  },
]
