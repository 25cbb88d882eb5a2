/** What a rollback is worth, in one word. */
import type { SchemaProof } from './prove.ts'
import type { Rollback } from './rollback.ts'

/** What becomes of the rows from before. `irreversible`: the catalog itself does not come back. */
export type RollbackClass = 'lossless' | 'lossless-with-archive' | 'lossy' | 'irreversible'

export const classOf = ({ loses }: Rollback, proof: SchemaProof): RollbackClass =>
  proof.state === 'refused' || proof.state === 'differs' ? 'irreversible' : loses.length > 0 ? 'lossy' : 'lossless'
