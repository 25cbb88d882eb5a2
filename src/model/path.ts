/** Paths as folders and git have them: with forward slashes. */

/** A path below a folder, from where the folder is named. */
export const below = (folder: string, path: string): string => (folder === '.' ? path : `${folder.replace(/\/$/, '')}/${path}`)
