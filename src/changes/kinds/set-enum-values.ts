import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { display, keyOf, leadingName } from '../../model/name.ts'
import { quoteLiteral } from '../../sql/print.ts'
import { recreateFactsOf } from '../create.ts'
import { defineChange } from '../define.ts'
import { put } from '../edit.ts'
import { dependentsOfTypes, rebuildEnum, typesOver } from '../enum-rebuild.ts'
import { rewriting, together } from '../footprint.ts'
import { notUnderstood } from '../refusal.ts'
import { userType } from '../type-names.ts'
import { addConstraint } from './add-constraint.ts'
import { createDefinition } from './create-definition.ts'
import { createIndex } from './create-index.ts'
import { createPolicy } from './create-policy.ts'
import { createRoutine } from './create-routine.ts'
import { createRule } from './create-rule.ts'
import { createTrigger } from './create-trigger.ts'
import { createView } from './create-view.ts'
import { dropConstraint } from './drop-constraint.ts'
import { dropDefinition } from './drop-definition.ts'
import { dropIndex } from './drop-index.ts'
import { dropPolicy } from './drop-policy.ts'
import { dropRoutine } from './drop-routine.ts'
import { dropRule } from './drop-rule.ts'
import { dropTrigger } from './drop-trigger.ts'
import { dropView } from './drop-view.ts'
import { setComment } from './set-comment.ts'
import { setDefault } from './set-default.ts'
import { setOwner } from './set-owner.ts'
import { setPrivileges } from './set-privileges.ts'

/** What is made anew has no facts yet. */
const withoutFacts = (before: Catalog): Catalog => ({ ...before, comments: new Map(), privileges: new Map(), owners: new Map() })

const printed =
  (before: Catalog) =>
  (change: Change): readonly string[] => {
    switch (change.kind) {
      case 'add-constraint':
        return addConstraint.toSql(change, before)
      case 'create-index':
        return createIndex.toSql(change, before)
      case 'create-policy':
        return createPolicy.toSql(change, before)
      case 'create-routine':
        return createRoutine.toSql(change, before)
      case 'create-rule':
        return createRule.toSql(change, before)
      case 'create-trigger':
        return createTrigger.toSql(change, before)
      case 'create-view':
        return createView.toSql(change, before)
      case 'drop-constraint':
        return dropConstraint.toSql(change, before)
      case 'drop-index':
        return dropIndex.toSql(change, before)
      case 'drop-policy':
        return dropPolicy.toSql(change, before)
      case 'drop-routine':
        return dropRoutine.toSql(change, before)
      case 'create-definition':
        return createDefinition.toSql(change, before)
      case 'drop-definition':
        return dropDefinition.toSql(change, before)
      case 'drop-rule':
        return dropRule.toSql(change, before)
      case 'drop-trigger':
        return dropTrigger.toSql(change, before)
      case 'drop-view':
        return dropView.toSql(change, before)
      case 'set-comment':
        return setComment.toSql(change, before)
      case 'set-default':
        return setDefault.toSql(change, before)
      case 'set-owner':
        return setOwner.toSql(change, before)
      case 'set-privileges':
        return setPrivileges.toSql(change, before)
      default:
        return notUnderstood(`a rebuild of an enum with ${change.kind}`)
    }
  }

/** Labels that only have other names: nothing but a rename can bring their rows over. Undefined when labels come, go or move. */
const renamedInPlace = (labels: readonly string[], to: readonly string[]): readonly (readonly [string, string])[] | undefined => {
  if (labels.length !== to.length) return undefined
  const pairs = labels.map((label, at) => [label, to[at] ?? label] as const).filter(([from, label]) => from !== label)
  return pairs.every(([from, label]) => !to.includes(from) && !labels.includes(label)) ? pairs : undefined
}

export const setEnumValues = defineChange({
  kind: 'set-enum-values',
  summary: 'The labels of an enum become others, or stand in another order: the type is built anew.',
  apply({ type, to }, catalog) {
    userType(catalog, type, 'enum')
    return put(catalog, 'types', type, { kind: 'enum', labels: to })
  },
  invert: ({ type }, before) => [{ kind: 'set-enum-values', type, to: userType(before, type, 'enum').labels }],
  toSql({ type, to }, before) {
    const { labels } = userType(before, type, 'enum')
    const renamed = renamedInPlace(labels, to)
    if (renamed) return renamed.map(([from, label]) => `ALTER TYPE ${type} RENAME VALUE ${quoteLiteral(from)} TO ${quoteLiteral(label)}`)
    const facts = printed(withoutFacts(before))
    return rebuildEnum(before, type, to, printed(before), (key) => recreateFactsOf(before, key).flatMap(facts))
  },
  footprint({ type }, before) {
    const columns = [...dependentsOfTypes(before, typesOver(before, type))].filter((key) => key.startsWith('column '))
    return together(...[...new Set(columns.map(leadingName))].filter((name) => before.tables.has(name)).map((name) => rewriting(before, name)))
  },
  describe: ({ type, to }) => `enum ${display(type)} is built anew with ${to.length} labels`,
  touches: ({ type }) => [keyOf('type', type)],
  examples: [],
})
