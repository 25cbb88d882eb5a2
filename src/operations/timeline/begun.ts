/** What a run has begun in a database and not ended, in words. */
import type { Begun } from '../../features/status/situation.ts'

/** `0004_posts is half done`, `the rollback of 0003_mail is half done`. */
export const begunText = ({ migration, direction }: Begun): string => `${direction === 'rollback' ? `the rollback of ${migration}` : migration} is half done`

export const unreadBegun = 'whether something is half done there cannot be read'
