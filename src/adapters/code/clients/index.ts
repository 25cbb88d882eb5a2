/** Libraries of the browser's side, through which the rows that a server answers come to components. */
import type { Framework } from '../frameworks/define.ts'
import { swr, tanstackQuery } from './queries.ts'
import { react } from './react.ts'
import { trpcClient } from './trpc.ts'

export const clients: readonly Framework[] = [react, swr, tanstackQuery, trpcClient]
