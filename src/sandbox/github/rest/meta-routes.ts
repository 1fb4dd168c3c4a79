import { rateOf } from './rate.ts'
import { json } from './reply.ts'
import type { Router } from './router.ts'

/** What the server says about itself. https://docs.github.com/en/rest/meta */
export function addMetaRoutes({ route }: Router): void {
  route('get', '/', ({ model }) =>
    json({
      current_user_url: model.urls.api('/user'),
      repository_url: model.urls.api('/repos/{owner}/{repo}'),
      user_url: model.urls.api('/users/{user}'),
      rate_limit_url: model.urls.api('/rate_limit'),
    }),
  )
  route('get', '/meta', () =>
    json({ verifiable_password_authentication: false, installed_version: '3.19.0' }),
  )
  route('get', '/zen', () => ({ status: 200, body: 'Practicality beats purity.' }))
  route('get', '/rate_limit', ({ model, header }) => {
    const rate = rateOf(model, header('authorization') ?? '')
    return json({ resources: { core: rate, search: rate, graphql: rate }, rate })
  })
}
