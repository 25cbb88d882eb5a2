/** Where continuous integration says who has started a run, then where the machine does. */
const variables = [
  'GITHUB_ACTOR',
  'GITLAB_USER_LOGIN',
  'CIRCLE_USERNAME',
  'BUILDKITE_BUILD_CREATOR',
  'BITBUCKET_STEP_TRIGGERER_UUID',
  'BUILD_REQUESTEDFOR',
  'DRONE_COMMIT_AUTHOR',
  'USER',
  'LOGNAME',
  'USERNAME',
] as const

/** Who gives the command, by the environment; undefined where nothing says it. */
export const actorIn = (env: Readonly<Record<string, string | undefined>>): string | undefined => variables.map((name) => env[name]).find((value) => value)
