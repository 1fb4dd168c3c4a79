import { decide, refusesSource } from '../../config/consent.ts'
import type { App, Previews } from '../../config/model.ts'
import { PREVIEWS } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { ManifestFile } from '../../forge/forge.ts'
import type { Reason, Standing } from '../action.ts'
import { settle } from '../change-requests/settle.ts'
import type { TargetPlan } from '../environments/target-plan.ts'
import { explainPreviews, followsRequests } from '../explain/previews.ts'
import { type LookAgain, sooner } from '../look-again.ts'
import type { PlanOptions } from '../plan.ts'
import type { Question } from '../questions.ts'
import { manifestsOf, unreadableState, type World } from '../world.ts'
import { compare } from './compare.ts'
import { previewsInGit, templateFiles } from './files.ts'
import { untilExpiry } from './life.ts'
import { invalidName } from './names.ts'
import { judgePages } from './page.ts'
import { isRemembered } from './places.ts'
import { isProven, needsProof } from './proof.ts'
import { changing, counted, proposePreviews } from './propose-previews.ts'
import { onlyReady } from './ready.ts'
import { confirming, removeUnwanted } from './removal.ts'
import { type Preview, previewSet } from './set.ts'
import { putToSleep, sleepless } from './sleep.ts'
import {
  type Compared,
  type PreviewStanding,
  standingOfAbsent,
  standingOfPreview,
  withNotes,
} from './standing.ts'

/** Paths of previews that Git holds and nobody wants. */
export interface Orphans {
  all: string[]
  /** Those that a direct commit of this pass removes. */
  removed: string[]
}

export type PreviewsPlan = TargetPlan & {
  /** Name of the app. */
  app: string
  /** Directories whose history must be read before anything is planned. */
  historyNeeded: HistoryNeeded | null
  previews: PreviewStanding[]
  /** When the next of them is warned of, sleeps, goes, or is asked again whether it answers. */
  lookAgain: LookAgain | null
  /** There are some in Git, or some are wanted there. */
  occupied: boolean
  /** What must be so at a later look as well. */
  doubts: string[]
  /** Null: nobody could look. */
  orphans: Orphans | null
}

export interface HistoryNeeded {
  repository: RepositoryId
  branch: string | null
  paths: string[]
}

/** What happens to the previews of one app, as three lists. */
export interface PreviewChanges {
  added: Preview[]
  updated: Preview[]
  /** Paths. */
  removed: string[]
}

const NOT_REMEMBERED: Reason = {
  code: 'place-not-remembered',
  message: 'It could not be written down where the previews are, so none is added.',
}

/** Compares the previews that should exist with those that Git holds. */
export function planPreviews(
  world: World,
  app: App,
  previews: Previews,
  { confirmRemovals: confirmed, placesRefused }: PlanOptions,
): PreviewsPlan {
  const target = `${app.name}/${PREVIEWS}`
  const chosen = previewSet(world, app, previews)
  const sleep = putToSleep(world, previews, chosen.previews)
  const wanted = { ...chosen, previews: sleep.previews }
  const lookAgain = sooner(
    sleep.lookAgain,
    untilExpiry(
      wanted.previews.map(({ expires }) => expires),
      world.now,
    ),
  )
  const stop = (state: Standing['state'], reason: Reason): PreviewsPlan => ({
    app: app.name,
    actions: [],
    standing: { target, state, reason, from: null, to: null, url: null },
    soon: false,
    direct: null,
    notRead: [],
    historyNeeded: null,
    previews: wanted.previews.map((preview) => ({
      app: app.name,
      preview,
      state: 'refused',
      byCommit: false,
      reason,
      warning: null,
    })),
    lookAgain,
    occupied: false,
    doubts: [],
    orphans: null,
  })
  const manifests = manifestsOf(world, previews)
  if (manifests.snapshot === null) return stop('refused', manifests.reason)
  const { snapshot, policy, words } = manifests
  if (!policy.ok) {
    return stop('refused', {
      code: 'policy-broken',
      message: 'The policy of the manifest repository has problems.',
    })
  }
  const stranger = refusesSource(policy.value, world.source.repository, previews.manifests)
  if (stranger !== null) return stop('refused', stranger)
  if (!snapshot.complete) {
    return stop('waiting', {
      code: 'manifests-incomplete',
      message: 'The manifests could not be read completely.',
    })
  }
  const unreadable = unreadableState(manifests)
  if (unreadable !== null) return stop('waiting', unreadable)
  const ask = (paths: string[]) =>
    decide(policy.value, world.source.repository, previews.manifests, {
      name: PREVIEWS,
      paths,
      images: previews.images,
      merge: previews.merge,
    })
  const template = templateFiles(snapshot, previews)
  const usable = ask(
    previews.template === null ? wanted.previews.map(({ path }) => path) : [previews.template],
  )
  const unusable = whyUnusable(previews, template, usable)
  const inGit = previewsInGit(snapshot, previews)
  const forgotten = placesRefused === true && !isRemembered(manifests, app, previews) ? NOT_REMEMBERED : null
  const rendered = wanted.previews.map((preview) => {
    const refused = unusable ?? (inGit.has(preview.path) ? null : forgotten)
    return refused === null
      ? compare(world, preview, { template, previews, snapshot })
      : { preview, changes: [], reason: refused }
  })
  const notAsked = (questions: Question[]): PreviewsPlan => {
    const reason = { code: 'not-asked', message: 'Nobody has looked yet which versions are ready.' }
    return { ...stop('waiting', reason), questions }
  }
  const digests = rendered.flatMap(({ asks = [] }) => asks)
  if (digests.length > 0) return notAsked(digests)
  const unwanted = [...inGit.keys()].filter(
    (path) => !wanted.previews.some((preview) => preview.path === path),
  )
  const touched = [...unwanted, ...changedPaths(rendered).filter((path) => inGit.has(path))]
  const proofs = needsProof(previews.path)
    ? touched.map((path) => ({ path, proven: isProven(snapshot, path) }))
    : []
  const unread = proofs.flatMap(({ path, proven }) => (proven === null ? [path] : []))
  if (unread.length > 0) {
    const reason = { code: 'history-not-read', message: 'The history of the previews has not been read yet.' }
    const { repository, branch } = manifests
    return { ...stop('waiting', reason), historyNeeded: { repository, branch, paths: unread } }
  }
  const foreign = new Set(proofs.flatMap(({ path, proven }) => (proven === false ? [path] : [])))
  const made = rendered.map((each) => (foreign.has(each.preview.path) ? notMade(each) : each))
  const gates = usable.allowed ? usable.gates : []
  const { compared, questions } = onlyReady(world, previews, made, gates)
  if (questions.length > 0) return notAsked(questions)
  const orphans = unwanted.filter((path) => !foreign.has(path))
  const { removed, kept, ...removal } = removeUnwanted(world, app.name, previews, orphans, {
    total: inGit.size,
    limit: previews.maxRemovals,
    complete: wanted.complete,
    confirmed,
    command: confirming(world.source.repository),
  })
  if (removal.questions.length > 0) return notAsked(removal.questions)
  const changes = [
    ...compared.flatMap(({ changes }) => changes),
    ...removed.flatMap((path) => (inGit.get(path) ?? []).map((file) => ({ path: file.path, content: null }))),
  ]
  const decision = ask(changes.map(({ path }) => path))
  if (!decision.allowed) return stop('refused', decision.reason)

  const summary: PreviewChanges = {
    added: compared
      .filter((each) => each.changes.length > 0 && !inGit.has(each.preview.path))
      .map(({ preview }) => preview),
    updated: compared
      .filter((each) => each.changes.length > 0 && inGit.has(each.preview.path))
      .map(({ preview }) => preview),
    removed,
  }
  const counts = { from: counted(inGit.size), to: counted(wanted.previews.length) }
  const story = explainPreviews(world, app.name, summary, decision, followsRequests(world, app.name))
  const names = { app: app.name, target: PREVIEWS }
  const proposal = proposePreviews(world, names, { changes, decision, counts, words, story })
  const direct = decision.merge === 'direct' && changes.length > 0
  const settled = direct
    ? { actions: [], standing: changing(proposal), soon: false }
    : settle(proposal, snapshot)
  const pages = judgePages(
    world,
    previews,
    compared.map((each) => standingOfPreview(app, each, { direct, now: world.now })),
  )
  return {
    app: app.name,
    ...settled,
    standing: withNotes(settled.standing, kept, unusable, compared),
    direct: direct ? { proposal, snapshot, again: () => [] } : null,
    notRead: [],
    historyNeeded: null,
    previews: [
      ...pages.previews,
      ...wanted.absent.map((each) =>
        standingOfAbsent(app, each, {
          inGit: orphans.includes(each.preview.path),
          removal: removed.includes(each.preview.path) ? null : kept,
          direct,
        }),
      ),
    ],
    questions: pages.questions,
    lookAgain: [removal.lookAgain, pages.lookAgain].reduce(sooner, lookAgain),
    occupied: inGit.size > 0 || (unusable === null && wanted.previews.length > 0),
    doubts: removal.doubts,
    orphans: { all: orphans, removed: direct ? removed : [] },
  }
}

/** Previews are copies of the template, so it too must be open to the source; it must make valid names, and be able to sleep. */
function whyUnusable(
  previews: Previews,
  template: readonly ManifestFile[],
  decision: ReturnType<typeof decide>,
): Reason | null {
  if (!decision.allowed) return decision.reason
  if (previews.template === null) return null
  return template.length > 0
    ? (sleepless(template, previews) ?? invalidName(template, previews))
    : { code: 'template-not-found', message: `There is no template at ${previews.template}.` }
}

function changedPaths(compared: readonly Compared[]): string[] {
  return compared.flatMap(({ preview, changes }) => (changes.length === 0 ? [] : [preview.path]))
}

/** A directory of the preview's name that somebody else made stays as it is. */
function notMade({ preview }: Compared): Compared {
  const message = `${preview.path} is there already, and Supercargo did not make it.`
  return { preview, changes: [], reason: { code: 'not-a-preview', message } }
}
