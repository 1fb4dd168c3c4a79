/** What the app is created with; see `app.yml` for the reasons. */
export interface AppBlueprint {
  name: string
  description: string
  permissions: Readonly<Record<string, string>>
  events: readonly string[]
}

export interface Wanted {
  /** Where GitHub sends webhooks. */
  webhookUrl: string
  /** Shown as the app's home page. */
  homeUrl: string
  /** Where GitHub sends the browser when the app was created. */
  redirectUrl: string
}

/**
 * The manifest that GitHub creates an app from.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#github-app-manifest-parameters
 */
export function appManifest(blueprint: AppBlueprint, { webhookUrl, homeUrl, redirectUrl }: Wanted): object {
  return {
    name: blueprint.name,
    description: blueprint.description,
    url: homeUrl,
    hook_attributes: { url: webhookUrl, active: true },
    redirect_url: redirectUrl,
    public: false,
    default_permissions: blueprint.permissions,
    default_events: blueprint.events,
  }
}

/**
 * Reads the address where GitHub reaches this server. One without a path is completed by `webhookPath`; one with
 * a path (a relay such as smee.io) is taken as it is.
 * @returns a whole sentence when GitHub cannot send webhooks there
 */
export function readAddress(
  text: string,
  webhookPath: string,
): { webhookUrl: string; homeUrl: string } | string {
  const url = URL.parse(text.trim())
  if (url === null || !/^https?:$/.test(url.protocol))
    return 'The address must begin with https:// or http://.'
  if (url.username !== '' || url.password !== '') return 'The address must not hold a password.'
  if (/^(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(url.hostname)) {
    return `GitHub cannot reach ${url.hostname}: the address must be known outside of this machine, or be a relay's.`
  }
  const webhookUrl = url.pathname === '/' ? `${url.origin}${webhookPath}` : `${url.origin}${url.pathname}`
  return { webhookUrl, homeUrl: url.origin }
}

/** Pages for people of the server whose REST base is `apiUrl`. */
export function webUrlOf(apiUrl: string): string {
  return apiUrl.endsWith('/api/v3') ? apiUrl.slice(0, -'/api/v3'.length) : apiUrl.replace('://api.', '://')
}
