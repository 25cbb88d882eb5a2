/** Reads the database of the given URL once and prints the most memory it took, in MB: a part of bench/drift.ts. */
import { connect, introspect } from '../src/adapters/postgres/index.ts'

await using session = await connect({ url: process.argv[2] ?? '' })
await introspect(session)
console.log(Math.round(process.resourceUsage().maxRSS / 1024))
