/** Which files are tests and what belongs to them, told from their names. */

const testFolder = /(^|\/)(?:__tests__|__mocks__|tests?|e2e|spec)\//
const testName = /\.(?:test|spec|e2e|stories|bench)\.[cm]?[jt]sx?$/
/** Below it the names of folders are those of what is served: `app/api/e2e/events/route.ts`. */
const served = /(?:^|\/)app\/(?:.+\/)?(?:route|page|layout)\.[jt]sx?$/

export const isTest = (path: string): boolean => testName.test(path) || testFolder.test(path.replace(served, '/'))
