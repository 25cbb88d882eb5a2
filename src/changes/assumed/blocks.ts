/** The SQL that stands in a DO block, whatever conditions it stands under. */
import type { Tree } from '../../model/json.ts'
import type { Statement } from '../../model/statement.ts'
import { allOf } from '../../sql/plpgsql/nested.ts'
import { bodyOf, constantStatements } from '../do-block/block.ts'

/** The statements of a DO block, in the order of the text, as far as their text is a constant. */
export const blockStatements = (node: Tree): readonly Statement[] => allOf(bodyOf(node)).flatMap(constantStatements)
