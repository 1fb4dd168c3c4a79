/** A variable of the environment that cannot be used, why, and what to do: two whole sentences. */
export interface SettingProblem {
  variable: string
  message: string
  advice: string
}

/** Notes a problem; reading goes on, so that every problem is found at once. */
export type Complain = (variable: string, message: string, advice: string) => void

/** The text of a variable without spaces around it; undefined where it is missing or empty. */
export type Text = (variable: string) => string | undefined

/** An https address, or http on this machine, without user, query and slash at its end; undefined for all else. */
export function serverUrl(given: string): string | undefined {
  const url = URL.parse(given)
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal(url.hostname))
  if (url === null || !safe || url.search !== '' || url.hash !== '' || url.username !== '') return undefined
  return url.href.replace(/\/+$/, '')
}

/** True for names and addresses of this machine. */
export function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}
