/** The last line of defence: whatever is printed or written goes through here. */

const credentials = /(\b[a-z][a-z0-9+.-]*:\/\/)([^\s:/?#@"'`<>]*):[^\s"'`<>]*@/gi
const parameters = /([?&](?:password|sslpassword)=)[^\s&"'`<>]*/gi
const conninfo = /\b(password\s*=\s*)(?:'(?:[^'\\]|\\.)*'|[^\s'"`&]+)/gi

/** Words that are too common to be taken out of every text, even where they serve as a password. */
const commonWords = new Set(['postgres', 'postgresql', 'password', 'localhost', 'drizzle', 'pgstrata'])
const shortestSecret = 6

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const isAddress = /^postgres/i

/** Passwords inside URLs of the given texts (arguments, values of environment variables), as written and decoded. */
export const secretsIn = (texts: Iterable<string>): readonly string[] => {
  const found = new Set<string>()
  for (const text of texts) {
    // Hundreds of texts are none.
    if (!isAddress.test(text)) continue
    for (const [, user = '', password = ''] of text.matchAll(/^postgres(?:ql)?:\/\/([^\s:/?#@]*):(.*)@/gi)) {
      if (password === user) continue
      found.add(password).add(decoded(password))
    }
  }
  return [...found].filter((secret) => secret.length >= shortestSecret && !commonWords.has(secret.toLowerCase()))
}

/** A function that takes passwords out of texts: those in URLs and connection strings always, and the given ones wherever they stand. */
export const redactor = (secrets: readonly string[]): ((text: string) => string) => {
  return (text) =>
    secrets
      .reduce((left, secret) => left.replaceAll(secret, '***'), text)
      .replaceAll(credentials, '$1$2:***@')
      .replaceAll(parameters, '$1***')
      .replaceAll(conninfo, '$1***')
}

/** The redactor of this process: it knows the passwords in its arguments and in its environment. */
export const processRedactor = (): ((text: string) => string) =>
  redactor(secretsIn([...process.argv, ...Object.values(process.env).filter((value) => value !== undefined)]))
