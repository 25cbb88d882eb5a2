/** Tables that follow names, with their columns, constraints, policies, triggers and rules. */
import type { Attribute, Constraint, Policy, Table } from '../../model/catalog.ts'
import type { Tree } from '../../model/json.ts'
import { localName, qualified, type RelationName, schemaOf } from '../../model/name.ts'
import { changed, mapItems, mapValues } from '../edit.ts'
import { isSequenceDefault, type TablePart } from './mentions.ts'
import type { Renaming } from './new-names.ts'
import { followTree, type OwnTable } from './trees.ts'
import { followDefinition, followElement, followParts, followType } from './values.ts'

const followDefault = (value: NonNullable<Attribute['default']>, renaming: Renaming): NonNullable<Attribute['default']> => {
  if (!isSequenceDefault(value)) return followTree(value as Tree, renaming)
  return changed(value, { sequence: renaming.relation(value.sequence) })
}

const followAttribute = (attribute: Attribute, renaming: Renaming, own: OwnTable): Attribute => {
  const { type, collation, identity, generated } = attribute
  return changed(attribute, {
    type: followType(type, renaming),
    ...(collation ? { collation: followParts(collation, renaming) } : {}),
    ...(attribute.default ? { default: followDefault(attribute.default, renaming) } : {}),
    ...(identity ? { identity: changed(identity, { sequence: renaming.relation(identity.sequence) }) } : {}),
    ...(generated ? { generated: changed(generated, { expression: followTree(generated.expression, renaming, own) }) } : {}),
  })
}

const followConstraint = (constraint: Constraint, renaming: Renaming, own: OwnTable): Constraint => {
  switch (constraint.type) {
    case 'check':
      return changed(constraint, { expression: followTree(constraint.expression, renaming, own) })
    case 'foreign key':
      return changed(constraint, { references: renaming.relation(constraint.references) })
    case 'exclusion':
      return changed(constraint, {
        elements: mapItems(constraint.elements, (pair) =>
          changed(pair, { element: followElement(pair.element, renaming, own), operator: followParts(pair.operator, renaming) }),
        ),
        ...(constraint.where ? { where: followTree(constraint.where, renaming, own) } : {}),
      })
    default:
      return constraint
  }
}

const followPolicy = (policy: Policy, renaming: Renaming, own: OwnTable): Policy =>
  changed(policy, {
    ...(policy.using ? { using: followTree(policy.using, renaming, own) } : {}),
    ...(policy.check ? { check: followTree(policy.check, renaming, own) } : {}),
  })

const indexName = (local: string, table: RelationName, renaming: Renaming): string => localName(renaming.relation(qualified(schemaOf(table), local)))

/** A table's parts of those kinds, and all that it says of other relations. */
export const followTable = (name: RelationName, table: Table, renaming: Renaming, parts: readonly TablePart[]): Table => {
  const own: OwnTable = { from: name, to: renaming.relation(name), columns: new Set(table.columns.map((column) => column.name)) }
  const { replicaIdentity, clusterOn, partitionBy, partitionOf, ofType } = table
  return changed(table, {
    columns: parts.includes('column') ? mapItems(table.columns, (attribute) => followAttribute(attribute, renaming, own)) : table.columns,
    constraints: mapValues(table.constraints, (constraint) => followConstraint(constraint, renaming, own)),
    policies: mapValues(table.policies, (policy) => followPolicy(policy, renaming, own)),
    triggers: mapValues(table.triggers, (trigger) => followDefinition(trigger, renaming, own)),
    rules: mapValues(table.rules, (rule) => followDefinition(rule, renaming, own)),
    inherits: mapItems(table.inherits, (parent) => renaming.relation(parent)),
    ...(typeof replicaIdentity === 'object' ? { replicaIdentity: changed(replicaIdentity, { index: indexName(replicaIdentity.index, name, renaming) }) } : {}),
    ...(clusterOn === undefined ? {} : { clusterOn: indexName(clusterOn, name, renaming) }),
    ...(partitionBy ? { partitionBy: followTree(partitionBy, renaming, own) } : {}),
    ...(partitionOf
      ? { partitionOf: changed(partitionOf, { parent: renaming.relation(partitionOf.parent), bound: followTree(partitionOf.bound, renaming) }) }
      : {}),
    ...(ofType ? { ofType: renaming.type(ofType) } : {}),
  })
}
