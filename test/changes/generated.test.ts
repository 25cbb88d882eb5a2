/** Laws 1 and 2 on every kind, with generated histories. */
import { beforeAll, describe, it } from 'vitest'
import { loadSql } from '../../src/sql/parser.ts'
import { holdsInMemory } from '../support/generated-memory.ts'

beforeAll(loadSql)

describe('generated histories, in memory', () => {
  it('laws 1 and 2 hold, reading refuses or reads, applying changes nothing that was there, every kind occurs', () => holdsInMemory({ runs: 200, length: 25 }))
})
