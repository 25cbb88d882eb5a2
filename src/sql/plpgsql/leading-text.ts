/** The words with which a computed statement begins, as far as they are a constant: `format('GRANT …', …)`, `'UPDATE ' || …`. */
export const leadingText = (expression: string): string => /^\s*(?:\w+\.)?(?:format\s*\(|concat\s*\(|\()*\s*E?'((?:[^']|'')*)'/i.exec(expression)?.[1] ?? ''
