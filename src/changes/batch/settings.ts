/** Settings of the session over a batch: SET lasts, SET LOCAL ends with its transaction, a rollback takes both back. */
import type { Change } from '../../model/change.ts'

/** A setting of the session. `local`: only until the transaction ends. */
export type Setting = { readonly value: string; readonly local: boolean }

type Values = ReadonlyMap<string, string | undefined>

/** An absent value (a local DEFAULT) hides the session's own until the transaction ends. */
export type Settings = { readonly session: Values; readonly local: Values }

const noValues: Values = new Map()
export const noSettings: Settings = { session: noValues, local: noValues }

const withValue = (values: Values, setting: string, value: string | undefined): Values => new Map([...values, [setting, value]])
const withoutValue = (values: Values, setting: string): Values => new Map([...values].filter(([name]) => name !== setting))

/** RESET ALL and DISCARD ALL spare who the session acts as. */
const spared: ReadonlySet<string> = new Set(['role', 'session_authorization'])
const onlySpared = (values: Values): Values => new Map([...values].filter(([name]) => spared.has(name)))

const afterSet = (settings: Settings, { setting, value, local }: Change<'set-session'>, inBlock: boolean): Settings => {
  if (setting === 'all') return { session: onlySpared(settings.session), local: onlySpared(settings.local) }
  const text = value?.join(', ')
  // PostgreSQL warns and does nothing: SET LOCAL can only be used in transaction blocks.
  if (local) return inBlock ? { ...settings, local: withValue(settings.local, setting, text) } : settings
  const session = text === undefined ? withoutValue(settings.session, setting) : withValue(settings.session, setting, text)
  return { session, local: withoutValue(settings.local, setting) }
}

/** The settings after a change. `inBlock`: it runs inside a transaction block. */
export const settingsAfter = (settings: Settings, change: Change, inBlock: boolean): Settings => {
  if (change.kind === 'set-session') return afterSet(settings, change, inBlock)
  if (change.kind === 'maintain' && change.command === 'DISCARD' && /\ball\b/i.test(change.sql)) return noSettings
  return settings
}

/** The settings when a transaction has ended. */
export const afterTransaction = ({ session }: Settings): Settings => ({ session, local: noValues })

/** The settings in force, those that the batch has set. */
export const inForce = ({ session, local }: Settings): ReadonlyMap<string, Setting> => {
  const values = new Map<string, { readonly value: string | undefined; readonly local: boolean }>()
  for (const [name, value] of session) values.set(name, { value, local: false })
  for (const [name, value] of local) values.set(name, { value, local: true })
  return new Map([...values].flatMap(([name, { value, local: isLocal }]) => (value === undefined ? [] : [[name, { value, local: isLocal }] as const])))
}
