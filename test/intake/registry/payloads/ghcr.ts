import published from '@octokit/webhooks-examples' with { type: 'json' }

interface Example {
  name: string
  examples: Record<string, unknown>[]
}

/** As GitHub sent them: https://github.com/octokit/webhooks/tree/main/payload-examples/api.github.com/package */
const examples = (published as unknown as Example[]).find(({ name }) => name === 'package')?.examples ?? []

const isContainer = (payload: Record<string, unknown>) =>
  JSON.stringify(payload).includes('container_metadata')

/** Of a container image; its tag is empty. */
export const PACKAGE: Record<string, unknown> = examples.find(isContainer) ?? {}

/** Of npm. */
export const OTHER_PACKAGE: Record<string, unknown> = examples.find((payload) => !isContainer(payload)) ?? {}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#registry_package : the same under another name. */
export const REGISTRY_PACKAGE = {
  action: 'published',
  registry_package: PACKAGE.package,
  repository: PACKAGE.repository,
  sender: PACKAGE.sender,
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping */
export const PING = {
  zen: 'Design for failure.',
  hook_id: 1,
  hook: { type: 'Organization', events: ['package'] },
}
