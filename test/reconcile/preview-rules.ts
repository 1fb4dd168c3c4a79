import type { SourcePullRequest } from '../../src/forge/forge.ts'

/** What the documentation says of previews and of what people say of them, for two apps; times are in milliseconds. */

export const HOUR = 3600_000
const DAY = 24 * HOUR
const TTL = 2 * DAY
const SLEEP = DAY
const LIMIT = 2
export const CONFIG = `manifests: acme/k8s-manifests
tag: "{sha:7}"
ready: commit
apps:
  web:
    image: ghcr.io/acme/web
    previews:
      follow: pull requests
      template: apps/web/preview
      path: apps/web/previews/pr-{number}
      ttl: 2d
      sleep: 1d
      limit: ${LIMIT}
      labels: { forbid: "off" }
      forkLabel: trusted
  api:
    image: ghcr.io/acme/api
    previews:
      follow: pull requests
      template: apps/api/preview
      path: apps/api/previews/pr-{number}
      labels: { need: api }
`
export const POLICY = `accept:
  - from: acme/web
    paths: apps/**
    images: ghcr.io/acme/*
    direct: [previews]
`
export const APPS = ['web', 'api'] as const
export type AppName = (typeof APPS)[number]

export type Words =
  | 'up'
  | 'up HEAD'
  | 'up OLD'
  | 'down'
  | 'extend'
  | 'extend 1h'
  | 'extend 5d'
  | 'pin'
  | 'unpin'

/** What was said of one preview, as the pages of the documentation have it; times in milliseconds. */
export interface SaidOfIt {
  down: boolean
  up: number | null
  approved: { commit: string; byLabel: boolean } | null
  pinned: boolean
  /** It lives until then at least. */
  until: number
  /** When it was given time. */
  extended: number
  last: number
}

export const NOTHING: SaidOfIt = {
  down: false,
  up: null,
  approved: null,
  pinned: false,
  until: 0,
  extended: 0,
  last: 0,
}

/** A word, and the commit that it names. */
export interface Word {
  is: 'up' | 'down' | 'extend' | 'pin' | 'unpin'
  commit: string | null
  byLabel: boolean
  words: Words
}

/** What is said of it after one word more. */
export function afterWord(
  before: SaidOfIt,
  { is, commit, byLabel, words }: Word,
  fork: boolean,
  at: number,
): SaidOfIt {
  const lasting = { extend: TTL, 'extend 1h': HOUR, 'extend 5d': 5 * DAY }[words as string] ?? TTL
  const until = Math.max(before.until, at + lasting)
  if (is === 'up') {
    const approved = fork && commit !== null ? { commit, byLabel } : before.approved
    return { ...before, down: false, up: at, approved, last: at }
  }
  if (is === 'down') return { ...NOTHING, down: true, last: at }
  if (is === 'extend') return { ...before, until, extended: at, last: at }
  if (is === 'pin') return { ...before, pinned: true, last: at }
  return before.pinned ? { ...before, pinned: false, until, extended: at, last: at } : before
}

/** Whether it has a preview as far as labels, words and approvals decide. */
export function isChosen(app: AppName, { fork, labels, head }: SourcePullRequest, said: SaidOfIt): boolean {
  const { down, up, approved } = said
  if (down) return false
  if (fork)
    return approved?.commit === head && (!approved.byLabel || (app === 'web' && labels.includes('trusted')))
  return up !== null || (app === 'web' ? !labels.includes('off') : labels.includes('api'))
}

/** Every file of the previews that there should be, by its path. */
export function previewsByRules(
  pulls: readonly SourcePullRequest[],
  saidOf: (app: AppName, pull: SourcePullRequest) => SaidOfIt,
  now: number,
): Record<string, string> {
  const open = pulls.filter(({ state }) => state === 'open').sort((a, b) => a.number - b.number)
  const chosen = (app: AppName) => open.filter((pull) => isChosen(app, pull, saidOf(app, pull)))
  const path = (app: AppName, { number }: SourcePullRequest) => `apps/${app}/previews/pr-${number}/a.yaml`
  const tag = ({ head }: SourcePullRequest) => `tag: "${head.slice(0, 7)}"\n`
  const living = chosen('web').filter((pull) => {
    const { pinned, until, up } = saidOf('web', pull)
    return pinned || Math.max(Date.parse(pull.activeAt) + TTL, (up ?? 0) + TTL, until) > now
  })
  const web = living.slice(0, LIMIT).map((pull) => {
    const { pinned, up, extended } = saidOf('web', pull)
    const active = Math.max(Date.parse(pull.activeAt), up ?? 0, extended)
    return [path('web', pull), `${tag(pull)}replicas: ${pinned || active + SLEEP > now ? 1 : 0}\n`]
  })
  return Object.fromEntries([...web, ...chosen('api').map((pull) => [path('api', pull), tag(pull)])])
}
