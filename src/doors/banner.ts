import type { SettingProblem } from './setting-problem.ts'

/** Where a forge of the sandbox is, and what to try there. */
export interface SandboxPlaces {
  /** `GitHub` or `GitLab`: whose API it speaks. */
  forge: string
  /** `http://localhost:3000` */
  origin: string
  /** Clone URL of the sample application, and page of what was opened in the manifest repository. */
  applicationUrl: string
  changeRequestsUrl: string
  login: string
  token: string
}

/** Terminal escapes around a text, or nothing around it. */
type Paint = (code: string, text: string) => string

export function painter(colours: boolean): Paint {
  return (code, text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
}

/**
 * What a newcomer reads first: the sandbox runs, three commands, one page, for each of its forges.
 * @param userKnown whether git knows whose commits it makes; else the clone is told
 */
export function sandboxBanner(forges: readonly SandboxPlaces[], userKnown: boolean, paint: Paint): string {
  const [first] = forges
  if (first === undefined) return ''
  const names = forges.map(({ forge }) => forge).join(' and one that speaks ')
  const another = forges.length > 1 ? '' : '\n  The other forge, or both npm start -- --forge github,gitlab'
  return `
  ${paint('1', 'Supercargo runs')} with a sandbox forge that speaks ${names} beside it: no account is needed, and nothing leaves this machine.
${forges.map((each) => attempt(each, forges.length > 1, userKnown, paint)).join('')}
  What it does and why     ${paint('4', `${first.origin}/`)}
  Your token for git, API  ${first.token}  (user ${first.login})${another}
  On GitHub itself         npm start -- --setup
  On GitLab itself         npx supercargo gitlab setup --help

`
}

function attempt(
  { forge, applicationUrl, changeRequestsUrl, login, token }: SandboxPlaces,
  several: boolean,
  userKnown: boolean,
  paint: Paint,
): string {
  const command = (text: string) => `    ${paint('36', text)}`
  const url = new URL(applicationUrl)
  url.username = login
  url.password = token
  const identity = userKnown ? '' : '-c user.name=You -c user.email=you@example.com '
  const directory = several ? `web-${forge.toLowerCase()}` : 'web'
  return `
  ${paint('1', several ? `Try ${forge}:` : 'Try it:')} three commands in another terminal

${command(`git clone ${identity}${url.href}${several ? ` ${directory}` : ''} && cd ${directory}`)}
${command(`git commit --allow-empty -m "Say hello"`)}
${command('git push')}

  Then look at what it opened in the manifest repository:
    ${paint('4', changeRequestsUrl)}
`
}

/** Where the setup page is. Only who reads this can open it. */
export function setupBanner(entrance: string, paint: Paint): string {
  return `
  ${paint('1', 'Create a GitHub App for Supercargo:')} open this address. It works until the app was created.

    ${paint('4', entrance)}

`
}

/** Every problem of the environment at once, with what to do. */
export function problemText(problems: readonly SettingProblem[], paint: Paint): string {
  const lines = problems.map(
    ({ variable, message, advice }) => `  ${paint('31;1', variable)}  ${message}\n    ${advice}\n`,
  )
  return `Supercargo does not start: its environment must be corrected first.\n\n${lines.join('\n')}\n`
}
