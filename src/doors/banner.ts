import type { SettingProblem } from './setting-problem.ts'

/** Where the sandbox is, and what to try there. */
export interface SandboxPlaces {
  /** `http://localhost:3000` */
  origin: string
  /** Clone URL of the sample application, and page of the manifest repository's pull requests. */
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
 * What a newcomer reads first: the sandbox runs, three commands, one page.
 * @param places `userKnown`: whether git knows whose commits it makes; else the clone is told
 */
export function sandboxBanner(places: SandboxPlaces & { userKnown: boolean }, paint: Paint): string {
  const command = (text: string) => `    ${paint('36', text)}`
  const url = new URL(places.applicationUrl)
  url.username = places.login
  url.password = places.token
  const identity = places.userKnown ? '' : '-c user.name=You -c user.email=you@example.com '
  return `
  ${paint('1', 'Supercargo runs')} with a sandbox forge beside it: no account is needed, and nothing leaves this machine.

  ${paint('1', 'Try it:')} three commands in another terminal

${command(`git clone ${identity}${url.href} && cd web`)}
${command(`git commit --allow-empty -m "Say hello"`)}
${command('git push')}

  Then look at what it opened in the manifest repository:
    ${paint('4', places.changeRequestsUrl)}

  What it does and why     ${paint('4', `${places.origin}/`)}
  Your token for git, API  ${places.token}  (user ${places.login})
  On GitHub instead        npm start -- --setup

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
