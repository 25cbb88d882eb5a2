/** What `pg_get_*` and the types' output depend on beside the catalog, and how a reading is planned: set for it, so that a default of a database or role changes no text. */
const settings = {
  search_path: '',
  jit: 'off',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  quote_all_identifiers: 'off',
  enable_nestloop: 'on',
} as const

const names = Object.keys(settings) as readonly (keyof typeof settings)[]

/** For the start of a transaction of our own. */
export const printingSettings = names.map((name) => `SET LOCAL ${name} = '${settings[name]}'`).join(';')

const keptAs = (name: string): string => `pgstrata.${name}`
const setLocal = (name: string, value: string): string => `set_config('${name}', ${value}, true)`

/** For an open transaction: one statement before the reading and one behind it. */
export const printingInside = {
  before: `SELECT ${[...names.map((name) => setLocal(keptAs(name), `current_setting('${name}')`)), ...names.map((name) => setLocal(name, `'${settings[name]}'`))].join(', ')}`,
  after: `SELECT ${names.map((name) => setLocal(name, `current_setting('${keptAs(name)}')`)).join(', ')}`,
}
