/** Reading domains: CREATE DOMAIN and ALTER DOMAIN. */
import type { DomainConstraint, Expression, Type, TypeReference } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { localName, type QualifiedName } from '../model/name.ts'
import { child, flag, list, text } from '../sql/tree.ts'
import { isNullDefault } from './columns.ts'
import { constraintNode } from './constraints.ts'
import type { Reading } from './reading.ts'
import { notUnderstood, refuse } from './refusal.ts'
import { domainNamed } from './rename-readers.ts'
import { chooseDomainConstraintName, userType } from './type-names.ts'
import { readCollation } from './types.ts'

type Domain = Extract<Type, { kind: 'domain' }>

const readCheck = (reading: Reading, node: Tree): DomainConstraint => ({
  expression: reading.expression(child(node, 'raw_expr') ?? notUnderstood('a CHECK without an expression')),
  notValid: flag(node, 'skip_validation'),
})

const defaultIn = (reading: Reading, node: Tree | undefined, base: TypeReference): Expression | undefined =>
  node === undefined || isNullDefault(node, base) ? undefined : reading.expression(node)

/** The constraints of CREATE DOMAIN, with the names that PostgreSQL chooses. */
const constraintsIn = (reading: Reading, name: QualifiedName, nodes: readonly Tree[]): ReadonlyMap<string, DomainConstraint> => {
  const constraints = new Map<string, DomainConstraint>()
  for (const node of nodes) {
    const given = text(node, 'conname')
    if (given !== undefined && constraints.has(given)) refuse('42710', `constraint "${given}" for domain "${localName(name)}" already exists`)
    constraints.set(given ?? chooseDomainConstraintName(reading.catalog, name, 'check', new Set(constraints.keys())), readCheck(reading, node))
  }
  return constraints
}

/** The domain that CREATE DOMAIN makes. */
export const readDomain = (reading: Reading, name: QualifiedName, node: Tree): Domain => {
  const nodes = list(node, 'constraints').map((wrapped) => constraintNode(wrapped) ?? {})
  const of = (type: string): readonly Tree[] => nodes.filter((constraint) => text(constraint, 'contype') === type)
  if (of('CONSTR_NULL').length > 0 && of('CONSTR_NOTNULL').length > 0) refuse('42601', 'conflicting NULL/NOT NULL constraints')
  if (of('CONSTR_DEFAULT').length > 1) refuse('42601', 'multiple default expressions')
  const collation = readCollation(child(node, 'collClause'))
  const base = reading.typeReference(child(node, 'typeName') ?? {})
  const value = defaultIn(reading, child(of('CONSTR_DEFAULT')[0], 'raw_expr'), base)
  const [notNull] = of('CONSTR_NOTNULL')
  return {
    kind: 'domain',
    base,
    ...(collation ? { collation } : {}),
    notNull: notNull !== undefined && { name: text(notNull, 'conname') ?? chooseDomainConstraintName(reading.catalog, name, 'not_null') },
    ...(value ? { default: value } : {}),
    constraints: constraintsIn(reading, name, of('CONSTR_CHECK')),
  }
}

/** One that is there already keeps its name. */
const setNotNull = (reading: Reading, domain: QualifiedName, given?: string): void => {
  const { notNull } = userType(reading.catalog, domain, 'domain')
  const to = notNull || { name: given ?? chooseDomainConstraintName(reading.catalog, domain, 'not_null') }
  reading.emit({ kind: 'set-domain-not-null', domain, to })
}

const addConstraint = (reading: Reading, domain: QualifiedName, node: Tree): void => {
  if (text(node, 'contype') === 'CONSTR_NOTNULL') return setNotNull(reading, domain, text(node, 'conname'))
  if (text(node, 'contype') !== 'CONSTR_CHECK') return notUnderstood('ALTER DOMAIN … ADD of a constraint that is neither CHECK nor NOT NULL')
  reading.emit({
    kind: 'add-domain-constraint',
    domain,
    name: text(node, 'conname') ?? chooseDomainConstraintName(reading.catalog, domain, 'check'),
    constraint: readCheck(reading, node),
  })
}

const dropConstraint = (reading: Reading, domain: QualifiedName, node: Tree): void => {
  const name = text(node, 'name') ?? ''
  const { constraints, notNull } = userType(reading.catalog, domain, 'domain')
  if (notNull && name === notNull.name) return reading.emit({ kind: 'set-domain-not-null', domain, to: false })
  if (constraints.has(name)) return reading.emit({ kind: 'drop-domain-constraint', domain, name })
  if (!flag(node, 'missing_ok')) refuse('42704', `constraint "${name}" of domain "${localName(domain)}" does not exist`)
}

/** Reads ALTER DOMAIN; the letter is PostgreSQL's own (AlterDomainStmt.subtype). */
export const readAlterDomain = (reading: Reading, node: Tree): void => {
  const domain = domainNamed(reading, list(node, 'typeName'))
  switch (text(node, 'subtype')) {
    case 'T':
      return reading.emit({ kind: 'set-domain-default', domain, to: defaultIn(reading, child(node, 'def'), userType(reading.catalog, domain, 'domain').base) })
    case 'N':
      return reading.emit({ kind: 'set-domain-not-null', domain, to: false })
    case 'O':
      return setNotNull(reading, domain)
    case 'C':
      return addConstraint(reading, domain, constraintNode(node.def) ?? {})
    case 'X':
      return dropConstraint(reading, domain, node)
    case 'V':
      return reading.emit({ kind: 'validate-domain-constraint', domain, name: text(node, 'name') ?? '' })
    default:
      return notUnderstood(`ALTER DOMAIN of a kind that is not known: ${text(node, 'subtype') ?? ''}`)
  }
}
