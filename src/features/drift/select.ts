/** What of two catalogs is compared: facets, kinds and names that were asked for, schemas that the project manages. */
import picomatch from 'picomatch/posix.js'
import { isArchived } from '../../model/name.ts'
import { type Facet, facetOfKind, type PrintedObject } from '../../model/printed.ts'
import { dottedName, schemaOfObject, targetOf } from './names.ts'

type Named = Pick<PrintedObject, 'kind' | 'identity'>

export type Selection = {
  readonly facets: ReadonlySet<Facet>
  /** Kinds (`index`) or names with stars (`public.audit_*`): nothing else is compared. Empty: all is. */
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  /** Schemas that the project manages; undefined: all. */
  readonly schemas?: readonly string[]
  /** Tables that the project manages, as Drizzle's `tablesFilter` names them; undefined: all. */
  readonly tables?: readonly string[]
  /** What a managed platform has made. */
  readonly isPlatform?: (object: Named) => boolean
}

/** Why an object is not compared: a facet that was not asked for, or one of these. */
export type LeftOut = Facet | 'excluded' | 'other schemas' | 'platform'

/** A pattern fits an object's kind, its name, or the name of what it belongs to; `public` may be left out. */
const matcher = (patterns: readonly string[]): ((object: Named) => boolean) => {
  if (patterns.length === 0) return () => false
  const fits = picomatch([...patterns])
  return (object) => {
    if (patterns.includes(object.kind) || patterns.includes(targetOf(object).kind)) return true
    const parts = dottedName(object).split('.')
    const names = parts.map((_part, at) => parts.slice(0, at + 1).join('.'))
    return names.some((name) => fits(name) || (name.startsWith('public.') && fits(name.slice('public.'.length))))
  }
}

const tableKinds = new Set(['table', 'column', 'constraint', 'not-null', 'trigger', 'rule', 'policy'])

/** Answers for an object why it is left out; undefined where it is compared. */
export const leftOutBy = (selection: Selection): ((object: Named) => LeftOut | undefined) => {
  const { facets, include, exclude, schemas, tables, isPlatform } = selection
  const [included, excluded] = [matcher(include), matcher(exclude)]
  const managesTable = tables === undefined ? undefined : picomatch([...tables])
  return (object) => {
    if (isPlatform?.(object)) return 'platform'
    if (!facets.has('archives') && isArchived(object.identity)) return 'archives'
    if ((include.length > 0 && !included(object)) || excluded(object)) return 'excluded'
    const schema = schemaOfObject(object)
    if (schemas && schema !== undefined && !schemas.includes(schema)) return 'other schemas'
    if (managesTable && tableKinds.has(targetOf(object).kind) && !managesTable(dottedName(object).split('.')[1] ?? '')) return 'excluded'
    const facet = facetOfKind(object.kind)
    return facet !== undefined && !facets.has(facet) ? facet : undefined
  }
}
