/** CREATE statements of types, as SQL. */
import type { DomainConstraint, Type } from '../model/catalog.ts'
import type { Tree } from '../model/json.ts'
import { type QualifiedName, quoteIdentifier } from '../model/name.ts'
import { printExpression, printStatement, quoteLiteral } from '../sql/print.ts'
import type { CompositeAttribute } from './composites.ts'
import { usualNotNullName } from './names.ts'
import { printDefault } from './print.ts'
import { printCollation, printType } from './types.ts'

const printNotNull = (domain: QualifiedName, notNull: Extract<Type, { kind: 'domain' }>['notNull']): string => {
  if (!notNull) return ''
  return notNull.name === usualNotNullName(domain) ? ' NOT NULL' : ` CONSTRAINT ${quoteIdentifier(notNull.name)} NOT NULL`
}

/** ` CONSTRAINT n CHECK (…)`. */
export const printDomainConstraint = (name: string, { expression, notValid }: DomainConstraint): string =>
  `CONSTRAINT ${quoteIdentifier(name)} CHECK (${printExpression(expression)})${notValid ? ' NOT VALID' : ''}`

/** `"a" "pg_catalog"."int4" COLLATE "C"`. */
export const printAttribute = ({ name, type, collation }: CompositeAttribute): string =>
  `${quoteIdentifier(name)} ${printType(type)}${printCollation(collation)}`

const statementNode = (kind: 'range' | 'base', definition: Tree): Tree => {
  const node = kind === 'range' ? 'CreateRangeStmt' : 'DefineStmt'
  return node in definition ? definition : { [node]: definition }
}

/** The statements that make a type. A NOT VALID constraint of a domain must be added afterwards. */
export const printCreateType = (name: QualifiedName, type: Type): readonly string[] => {
  switch (type.kind) {
    case 'enum':
      return [`CREATE TYPE ${name} AS ENUM (${type.labels.map(quoteLiteral).join(', ')})`]
    case 'composite':
      return [`CREATE TYPE ${name} AS (${type.attributes.map(printAttribute).join(', ')})`]
    case 'domain': {
      const valid = [...type.constraints].filter(([, { notValid }]) => !notValid)
      const later = [...type.constraints].filter(([, { notValid }]) => notValid)
      const value = type.default ? ` DEFAULT ${printDefault(type.default)}` : ''
      return [
        `CREATE DOMAIN ${name} AS ${printType(type.base)}${printCollation(type.collation)}${value}${printNotNull(name, type.notNull)}${valid.map(([constraint, check]) => ` ${printDomainConstraint(constraint, check)}`).join('')}`,
        ...later.map(([constraint, check]) => `ALTER DOMAIN ${name} ADD ${printDomainConstraint(constraint, check)}`),
      ]
    }
    default:
      return [printStatement(statementNode(type.kind, type.definition))]
  }
}
