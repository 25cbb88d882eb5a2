/** The directive at the top of a text. */

/** One step at a time: together with the directive it would be tried in every way that comments can be divided. */
const blankOrComment = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#![^\n]*)/y
const directive = /(['"])(use [\w ]+)\1/y

/** `use client`, of a file that begins so, behind its comments. */
export const directiveIn = (text: string): string | undefined => {
  blankOrComment.lastIndex = 0
  let at = 0
  while (blankOrComment.test(text)) at = blankOrComment.lastIndex
  directive.lastIndex = at
  return directive.exec(text)?.[2]
}
