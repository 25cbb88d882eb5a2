/** What a table in our code has under a name of the program's: `constructor` and its like, which every object has, are none of its own. */
export const ownValue = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(table, name) ? table[name] : undefined)
