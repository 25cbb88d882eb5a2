/** A printed object as a person reads its definition. */
import type { Json } from '../../model/json.ts'
import { displayIdentifier, partsOf } from '../../model/name.ts'
import type { PrintedObject } from '../../model/printed.ts'

type Value = PrintedObject['value']
type Teller = (value: Value, name: string) => readonly string[]

const said = (value: Value, key: string): string | undefined => (typeof value[key] === 'string' ? (value[key] as string) : undefined)
const when = (condition: unknown, ...lines: readonly string[]): readonly string[] => (condition ? lines : [])

const column: Teller = (value, name) => {
  const [filled, generated, identity, collation] = ['default', 'generated', 'identity', 'collation'].map((key) => said(value, key))
  return [
    [
      `${displayIdentifier(name)} ${said(value, 'type') ?? ''}`,
      ...when(collation, `COLLATE ${collation}`),
      ...when(generated, `GENERATED ALWAYS AS (${filled}) ${generated?.toUpperCase()}`),
      ...when(filled !== undefined && generated === undefined, `DEFAULT ${filled}`),
      ...when(identity, `GENERATED ${identity?.toUpperCase()} AS IDENTITY`),
      ...when(value.notNull === true, 'NOT NULL'),
    ].join(' '),
  ]
}

const marks = (value: Value, words: { readonly [key: string]: string }): readonly string[] =>
  Object.entries(words).flatMap(([key, word]) =>
    value[key] === undefined || value[key] === false ? [] : [value[key] === true ? word : `${word} ${text(value[key] as Json)}`],
  )

const text = (value: Json): string => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map((each) => text(each as Json)).join(', ')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([key, each]) => `${key} ${text(each as Json)}`)
      .join(', ')
  return String(value)
}

/** Every key by itself: for kinds that have no form of their own. */
const plain: Teller = (value) => Object.entries(value).map(([key, each]) => `${key} ${text(each as Json)}`)

const defined =
  (words: { readonly [key: string]: string } = {}): Teller =>
  (value) => [...(said(value, 'definition') ?? '').trimEnd().split('\n'), ...marks(value, words)]

const tellers: Readonly<Record<string, Teller>> = {
  column,
  attribute: column,
  constraint: defined(),
  'domain constraint': defined(),
  index: defined({ invalid: 'INVALID', notReady: 'not ready', clustered: 'clustered on', replicaIdentity: 'replica identity' }),
  view: defined({ options: 'options:' }),
  trigger: defined({ enabled: 'enabled:' }),
  rule: defined({ enabled: 'enabled:' }),
  statistics: defined(),
  routine: (value) => (said(value, 'definition') === undefined ? plain(value, '') : defined()(value, '')),
  policy: (value) => [
    `${value.restrictive ? 'AS RESTRICTIVE ' : ''}FOR ${(said(value, 'command') ?? 'all').toUpperCase()} TO ${text((value.roles ?? []) as Json)}`,
    ...when(value.using !== undefined, `USING (${said(value, 'using')})`),
    ...when(value.check !== undefined, `WITH CHECK (${said(value, 'check')})`),
  ],
  'column order': (value) => (Array.isArray(value.columns) ? value.columns.map((each) => text(each as Json)) : []),
  comment: (value) => (said(value, 'text') ?? '').split('\n'),
}

/** The lines of an object's definition; empty for one that has nothing but its name. */
export const definitionLines = ({ kind, identity, value }: Pick<PrintedObject, 'kind' | 'identity' | 'value'>): readonly string[] =>
  (tellers[kind] ?? plain)(value, partsOf(identity).at(-1) ?? identity)

/** The same as one text. */
export const definitionText = (object: Pick<PrintedObject, 'kind' | 'identity' | 'value'>): string => definitionLines(object).join('\n')
