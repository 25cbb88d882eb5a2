/** The ways in which two histories of one schema can meet: numbers, names, and what each means. */

/** Where a class shows: in the files of the folder, or in what the statements do. */
export type ClassScope = 'folder' | 'statements'

/** A class by its number. */
export type CollisionClass = { readonly number: number; readonly name: string; readonly scope: ClassScope; readonly meaning: string }

const all = [
  [1, 'same-number', 'folder', 'Both sides took the next number; what they do is independent.'],
  [2, 'several-each', 'folder', 'Both sides hold several migrations, to be put in one line.'],
  [3, 'unseen-by-git', 'folder', 'The files merged without a conflict, and the histories collide all the same.'],
  [4, 'same-migration', 'folder', 'One and the same migration stands on both sides.'],
  [5, 'custom-sql', 'folder', 'Mine holds SQL that somebody wrote by hand: it has to stay as it is.'],
  [6, 'applied-already', 'folder', 'Mine has run on a database already, under the place that it has to leave.'],
  [7, 'same-statement', 'statements', 'Both sides do the same; the second time there is nothing left to do.'],
  [8, 'defined-twice', 'statements', 'Both sides make an object of one name, each otherwise.'],
  [9, 'dropped-and-used', 'statements', 'One side removes what the other one uses.'],
  [10, 'changed-twice', 'statements', 'Both sides change the same property, each otherwise: the last one wins.'],
  [11, 'labels-added', 'statements', 'Both sides add labels to one enum: their order depends on who comes first.'],
  [12, 'enum-rebuilt', 'statements', 'One side makes an enum anew, and the other one uses it as it was.'],
  [13, 'name-taken', 'statements', 'Both sides give the same name to different things.'],
  [14, 'renamed-and-used', 'statements', 'One side renames what the other one still calls by its old name.'],
  [15, 'renamed-twice', 'statements', 'Both sides rename the same thing differently, or two things to the same name.'],
  [16, 'renamed-or-replaced', 'statements', 'One side renames what the other one drops and makes anew: rows would be lost.'],
  [17, 'rows-decide', 'statements', 'One side writes rows, the other one limits which rows there may be.'],
  [18, 'access', 'statements', 'One side takes away a role or row security that the other one counts on.'],
  [19, 'squashed', 'folder', 'One side has removed or rewritten migrations that both had.'],
  [20, 'upgraded', 'folder', 'One side has converted the folder to the layout of Drizzle 1.0.'],
  [21, 'open-leaves', 'folder', 'A 1.0 folder has several ends, and they get along.'],
  [22, 'open-leaves-in-conflict', 'folder', 'A 1.0 folder has several ends, and they do not get along.'],
  [23, 'conflict-markers', 'folder', 'Marks of a merge stand in the files, or a file cannot be read.'],
  [24, 'schema-in-conflict', 'folder', 'The TypeScript schema itself is in conflict.'],
] as const

export type ClassNumber = (typeof all)[number][0]
export type ClassName = (typeof all)[number][1]

/** All of them, in their order. */
export const collisionClasses: readonly CollisionClass[] = all.map(([number, name, scope, meaning]) => ({ number, name, scope, meaning }))

/** The class of that number. */
export const collisionClass = (number: ClassNumber): CollisionClass & { readonly name: ClassName } => {
  const [, name, scope, meaning] = all[number - 1] ?? all[0]
  return { number, name, scope, meaning }
}
