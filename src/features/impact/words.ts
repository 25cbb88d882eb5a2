/** Names as people write them. */

/** The parts of a dotted name; quotes, single or double, hold a part together. */
export const wordsOf = (text: string): readonly string[] =>
  [...text.matchAll(/"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^."']+)/g)].map(([, double, single, plain]) =>
    double === undefined ? (single === undefined ? (plain ?? '') : single.replaceAll("''", "'")) : double.replaceAll('""', '"'),
  )
