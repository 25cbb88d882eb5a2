import { describe, expect, it } from 'vitest'
import { splitChunks } from '../../src/sql/chunks.ts'

describe('chunks', () => {
  it('are cut at the mark, wherever it stands', () => {
    const sql = "SELECT 1;--> statement-breakpoint\nSELECT '--> statement-breakpoint';"
    const chunks = splitChunks(sql)
    expect(chunks.map(({ text }) => text)).toEqual(['SELECT 1;', "\nSELECT '", "';"])
    expect(chunks.map(({ start, end }) => sql.slice(start, end))).toEqual(chunks.map(({ text }) => text))
  })
})
