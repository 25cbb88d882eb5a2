/** What is set about a column that says nothing of its values. */
import type { Attribute } from '../model/catalog.ts'
import type { Change } from '../model/change.ts'

export const columnProperties = ({ storage, compression, statistics, options, foreignOptions }: Attribute): Change<'set-column-properties'>['to'] => ({
  ...(storage === undefined ? {} : { storage }),
  ...(compression === undefined ? {} : { compression }),
  ...(statistics === undefined ? {} : { statistics }),
  ...(options === undefined ? {} : { options }),
  ...(foreignOptions === undefined ? {} : { foreignOptions }),
})
