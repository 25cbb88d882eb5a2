/** A text without the white space and comments that it begins with. */
export const bare = (text: string): string => text.replace(/^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '')
