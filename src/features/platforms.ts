/** Objects of a managed platform that a history takes for granted, as findings. */
import type { Finding } from '../model/finding.ts'
import type { History } from '../model/history.ts'
import { placeOf } from '../rules/place.ts'
import { reportedFinding } from '../rules/report.ts'
import type { AssumedObject } from '../sql/platforms/assumed.ts'

const shownColumns = 6

const columnsText = (columns: readonly string[]): string => {
  const shown = columns.slice(0, shownColumns).join(', ')
  return columns.length > shownColumns ? `${shown} and ${columns.length - shownColumns} more` : shown
}

const beforehand: ReadonlySet<string> = new Set(['schema', 'extension'])

const standIn = ({ kind, columns }: AssumedObject): string => {
  if (beforehand.has(kind)) return 'it is made before the first migration'
  return kind === 'table' ? `a stand-in with the columns ${columnsText(columns)} is used` : 'a stand-in is used'
}

const nameOf = ({ kind, name }: AssumedObject): string =>
  kind === 'function' ? `${name}()` : kind === 'table' || kind === 'view' ? name : `The ${kind} ${name}`

const whose = ({ platform, extension }: AssumedObject): string =>
  extension === undefined ? `is ${platform}’s, and no migration makes it` : `comes with the extension ${extension}, which is imitated`

/** One note for each object, where it is first named. */
export const judgeAssumed = (history: History, objects: readonly AssumedObject[]): readonly Finding[] =>
  objects.map((object) =>
    reportedFinding('platform-assumed', `${nameOf(object)} ${whose(object)}: ${standIn(object)}.`, placeOf(history, object), `${object.kind} ${object.name}`),
  )
