/** What a Drizzle project manages: `schemaFilter` and `tablesFilter` of its config, without the ledger. */
import type { Project } from '../../model/config.ts'
import type { LedgerName } from '../../model/history.ts'
import { archivePrefix } from '../../model/name.ts'
import type { Scope } from './compare.ts'

const special = /[.+^$()|\\]/g

/** A glob of one name, as Drizzle's `tablesFilter` has it: `*`, `?`, `[…]`, `{a,b}`. */
const globPattern = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll(special, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
      .replaceAll(/\{([^}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`)
      .replaceAll('[!', '[^')}$`,
  )

/** As drizzle-kit decides (`prepareTablesFilter`): without a filter all; a negated one that hits forbids; otherwise one must hit. */
const tableFilter = (globs: readonly string[]): ((table: string) => boolean) => {
  const matchers = globs.map((glob) => ({ negated: glob.startsWith('!'), pattern: globPattern(glob.replace(/^!/, '')) }))
  if (matchers.length === 0) return () => true
  return (table) => {
    const votes = matchers.flatMap(({ negated, pattern }) => (negated ? [!pattern.test(table)] : pattern.test(table) ? [true] : []))
    return votes.length > 0 && votes.every(Boolean)
  }
}

/** The scope of a project; without one everything but the ledger and what a rollback's archive keeps. */
export const scopeOf = (ledger: LedgerName, project: Pick<Project, 'schemaFilter' | 'tablesFilter'> = {}): Scope => {
  const schemas = project.schemaFilter && new Set(project.schemaFilter)
  const wanted = tableFilter(project.tablesFilter ?? [])
  const isOurs = (schema: string): boolean => (schema === ledger.schema && schema !== 'public') || schema.startsWith(archivePrefix)
  const managesSchema = (schema: string): boolean => (schemas === undefined || schemas.has(schema)) && !isOurs(schema)
  return { managesSchema, manages: (schema, table) => managesSchema(schema) && wanted(table) && !(schema === ledger.schema && table === ledger.table) }
}
