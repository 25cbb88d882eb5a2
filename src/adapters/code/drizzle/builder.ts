/** A column before it is in a table: `text('email').notNull()`. */
import { textOf } from '../text-of.ts'
import { any, type CallSite, native, type Site, type Value } from '../value.ts'
import type { ColumnFacts } from './column.ts'
import { DrizzleModel, type Methods, Namespace } from './model.ts'
import { each, stringsIn } from './values.ts'

const types =
  'bigint bigserial bit boolean bytea char cidr date doublePrecision geography geometry halfvec inet int8 integer interval json jsonb line macaddr macaddr8 numeric decimal point real serial smallint smallserial sparsevec text time timestamp uuid varchar vector xml'
const numbered = new Set(['serial', 'bigserial', 'smallserial'])

/** What a modifier says of the column; the others leave it as it is. */
const says: Readonly<Record<string, Partial<ColumnFacts>>> = {
  notNull: { notNull: true },
  primaryKey: { notNull: true },
  default: { hasDefault: true, onInsert: 'database' },
  defaultNow: { hasDefault: true, onInsert: 'database' },
  defaultRandom: { hasDefault: true, onInsert: 'database' },
  $default: { hasDefault: true, onInsert: 'code' },
  $defaultFn: { hasDefault: true, onInsert: 'code' },
  $onUpdate: { hasDefault: true, onUpdate: true },
  $onUpdateFn: { hasDefault: true, onUpdate: true },
  generatedAlwaysAs: { hasDefault: true },
  generatedAlwaysAsIdentity: { notNull: true, hasDefault: true },
  generatedByDefaultAsIdentity: { notNull: true, hasDefault: true },
}

export class ColumnBuilder extends DrizzleModel {
  readonly what = 'drizzle column builder'
  readonly facts: ColumnFacts
  constructor(facts: ColumnFacts) {
    super()
    this.facts = facts
  }

  override get declares(): boolean {
    return true
  }

  protected override methods(): Methods {
    const modifiers = Object.entries(says).map(([name, facts]) => [name, () => new ColumnBuilder({ ...this.facts, ...facts })] as const)
    const others = ['references', 'unique', 'array', 'using', 'op'].map((name) => [name, () => this] as const)
    return { ...Object.fromEntries([...modifiers, ...others]), $type: (site) => this.#typed(site) }
  }

  /** `text().$type<'a' | 'b'>()` lets the code write certain values only. */
  #typed(site: CallSite): ColumnBuilder {
    const values = site.types.flatMap((type) => stringsIn(type, site))
    return values.length === 0 || this.facts.values !== undefined ? this : new ColumnBuilder({ ...this.facts, values })
  }
}

const optionsOf = (site: CallSite, name: string): Value | undefined => {
  const config = site.args.flatMap(each).find((arg) => arg.kind === 'object')
  return config === undefined ? undefined : site.machine.get(config, name, site)
}

/** `text('name', config)`, `text(config)`, `text()`. */
const built = (type: string, site: CallSite, facts: Partial<ColumnFacts> = {}): ColumnBuilder => {
  const name = textOf(site.args[0], site)
  const values = stringsIn(optionsOf(site, 'enum'), site)
  return new ColumnBuilder({
    type,
    notNull: numbered.has(type),
    hasDefault: numbered.has(type),
    place: site.place,
    ...(name === undefined ? {} : { name }),
    ...(values.length === 0 ? {} : { values }),
    ...facts,
  })
}

/** A column of an enum's type. */
export const enumColumn = (enumType: string, values: readonly string[], site: CallSite): ColumnBuilder => built('enum', site, { enumType, values })

const customName = (site: CallSite): string => {
  const dataType = optionsOf(site, 'dataType')
  return (dataType === undefined ? undefined : textOf(site.machine.invoke(dataType, [any], site), site)) ?? 'custom'
}

/** `customType({ dataType: () => 'citext', … })`. */
const customType = native('customType', (site) => {
  const type = customName(site)
  return native(type, (use) => built(type, use))
})

/** By name, also as `(t) => ({ … })` gets them. */
export const columnBuilders = new Namespace('drizzle column builders', {
  ...Object.fromEntries(types.split(' ').map((type) => [type, native(type, (site) => built(type, site))])),
  customType,
})

/** A column of which only the key is known: an unknown function made it. */
export const unknownColumn = ({ place }: Pick<Site, 'place'>): ColumnFacts => ({ type: 'unknown', notNull: false, hasDefault: false, place })
