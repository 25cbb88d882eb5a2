/** Views and materialised views, with their rules and triggers. */
import type { Catalog } from '../../model/catalog.ts'
import type { Change } from '../../model/change.ts'
import { keyOf } from '../../model/name.ts'
import { equal } from '../equal.ts'
import { bareView } from '../views.ts'
import { ruleUnits, triggerUnits } from './parts.ts'
import { changedEntries, type Unit, unit } from './unit.ts'

/** Views: new, with another body, or with other options only; then their rules and triggers. */
export const viewUnits = (a: Catalog, b: Catalog): readonly Unit[] =>
  changedEntries(a.views, b.views).flatMap(([name, old, view]) => {
    const key = keyOf('view', name)
    const from = old ?? bareView(view)
    const optionsOnly =
      old !== undefined && equal({ ...bareView(old), options: {}, checkOption: undefined }, { ...bareView(view), options: {}, checkOption: undefined })
    const sameBody = old !== undefined && equal(bareView(old), bareView(view))
    const body: Change = old
      ? optionsOnly
        ? { kind: 'set-view-options', name, to: view.options, ...(view.checkOption ? { checkOption: view.checkOption } : {}) }
        : { kind: 'replace-view', name, view: { ...view, rules: old.rules, triggers: old.triggers } }
      : { kind: 'create-view', name, view: bareView(view) }
    return [
      ...unit(key, 'view', sameBody ? [] : [body]),
      ...triggerUnits(name, key, from.triggers, view.triggers),
      ...ruleUnits(name, key, from.rules, view.rules),
    ]
  })
