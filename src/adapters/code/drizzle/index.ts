/** Drizzle for PostgreSQL as the analysis knows it: one for each run, since the tables that it meets are its own. */
import type { CodeEnum, CodeTable } from '../../../model/code.ts'
import { defineFramework, type Framework } from '../frameworks/define.ts'
import { exportsOf } from './exports.ts'
import { Ground } from './ground.ts'
import { Registry } from './registry.ts'
import { holesOnly, type SqlReader } from './sql-reader.ts'
import { typeOf } from './types.ts'

export type Drizzle = {
  readonly framework: Framework
  /** In the order of their numbers. */
  tables(): readonly CodeTable[]
  enums(): readonly CodeEnum[]
}

/** `casing` is that of the configuration; one that `drizzle(…)` is given counts where it says none. */
export const makeDrizzle = ({ casing, readSql = holesOnly }: { readonly casing?: 'snake_case' | 'camelCase'; readonly readSql?: SqlReader } = {}): Drizzle => {
  const registry = new Registry(new Ground(readSql, casing))
  const framework = defineFramework({
    id: 'drizzle',
    title: 'Drizzle ORM',
    packages: ['drizzle-orm', 'drizzle-orm/*'],
    imported: exportsOf(registry),
    typed: (from, name, args) => typeOf(registry, from, name, args),
    examples: [],
  })
  return { framework, tables: () => registry.tables(), enums: () => registry.enums() }
}
