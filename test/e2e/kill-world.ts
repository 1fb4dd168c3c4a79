import type { GitClone } from '../support/git-clone.ts'
import type { RequestView } from '../support/people.ts'
import type { RemoteSandbox } from '../support/remote-sandbox.ts'
import { type FleetApp, overlay, preview, previewPath, productionPath, stagingPath } from './kill-fleet.ts'

/** A repository as the git client and the REST API show it. */
export interface SeenRepository {
  clone: GitClone
  /** Heads by branch. */
  branches: Record<string, string>
  tags: string[]
  pulls: RequestView[]
  /** Name of the bot as the author of commits. */
  bot: string
}

const BOTS: Record<string, string> = { github: 'supercargo[bot]', gitlab: 'supercargo' }

/** @param clone a mirror, which is brought up to date */
export async function look(forge: RemoteSandbox, path: string, clone: GitClone): Promise<SeenRepository> {
  await fetchAll(clone)
  const refs = await clone.git('for-each-ref', '--format=%(refname) %(objectname)')
  const branches: Record<string, string> = {}
  const tags: string[] = []
  for (const line of refs.split('\n')) {
    const [ref = '', oid = ''] = line.split(' ')
    if (ref.startsWith('refs/heads/')) branches[ref.slice('refs/heads/'.length)] = oid
    if (ref.startsWith('refs/tags/')) tags.push(ref.slice('refs/tags/'.length))
  }
  return { clone, branches, tags, pulls: await forge.requests(path), bot: BOTS[forge.id] ?? '' }
}

/**
 * Everything that is not as it must be for one application, computed from its repository without any code of
 * the bot's: [] when the bot has done its work.
 */
export async function differences(
  app: FleetApp,
  source: SeenRepository,
  manifests: SeenRepository,
): Promise<string[]> {
  const tag = (source.branches.main ?? '').slice(0, 7)
  const found: string[] = []
  const check = (what: string, actual: unknown, expected: unknown) => {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
    if (a !== b) found.push(`${app.path}: ${what}: ${a} instead of ${b}`)
  }
  const textAt = (revision: string, path: string) => fileText(manifests.clone, revision, path)
  const first = overlay(app, app.first)
  const latest = overlay(app, tag)

  if (app.merge === 'auto') {
    check('staging on main', await textAt('main', stagingPath(app)), latest)
    const mine = manifests.pulls.filter(({ branch }) => branch === `supercargo/${app.name}/staging`)
    check(
      'not merged',
      mine.filter(({ state }) => state !== 'merged').map(({ number }) => number),
      [],
    )
    check('branch left', manifests.branches[`supercargo/${app.name}/staging`] ?? null, null)
  } else {
    check('staging on main', await textAt('main', stagingPath(app)), first)
    await checkOpen('staging', stagingPath(app), app.first === tag ? null : latest)
  }
  if (app.tags) {
    const highest = source.tags.toSorted((a, b) => minorOf(b) - minorOf(a))[0]
    const wanted = highest === undefined ? null : overlay(app, highest)
    check('production on main', await textAt('main', productionPath(app)), overlay(app, 'v0.0.0'))
    await checkOpen('production', productionPath(app), wanted)
  }
  if (app.previews) {
    const open = source.pulls.filter(({ state }) => state === 'open')
    const wanted = open.map(({ number, head }) => [
      previewPath(app, number),
      preview(app, number, head.slice(0, 7)),
    ])
    const root = `apps/${app.name}/previews`
    const listed = await manifests.clone.git('ls-tree', '-r', '--name-only', 'main', '--', root)
    const paths = listed.split('\n').filter((path) => path !== '')
    const actual = await Promise.all(paths.map(async (path) => [path, await textAt('main', path)]))
    check('previews', actual.toSorted(), wanted.toSorted())
  }
  return found

  /** Exactly one change request was ever opened, it is open, and its branch is one commit with one changed file. */
  async function checkOpen(environment: string, path: string, text: string | null): Promise<void> {
    const branch = `supercargo/${app.name}/${environment}`
    const mine = manifests.pulls.filter((each) => each.branch === branch)
    check(
      `change requests of ${branch}`,
      mine.map(({ state }) => state),
      text === null ? [] : ['open'],
    )
    const head = manifests.branches[branch]
    if (text === null || head === undefined) {
      return check(`head of ${branch}`, head ?? null, mine[0]?.head ?? null)
    }
    check(`head of ${branch}`, mine[0]?.head, head)
    check(`${path} on ${branch}`, await textAt(branch, path), text)
    const commits = await manifests.clone.git('log', '--format=%an %P', `main..${branch}`)
    const parent = await manifests.clone.git('merge-base', 'main', branch)
    check(`commits of ${branch}`, commits, `${manifests.bot} ${parent}`)
    const changed = await manifests.clone.git('diff', '--name-only', `${parent}..${branch}`)
    check(`files of ${branch}`, changed, path)
  }
}

/** What people were told: one report on every head, never two on any commit; one comment where there is a preview. */
export async function toldDifferences(
  forge: RemoteSandbox,
  app: FleetApp,
  source: SeenRepository,
): Promise<string[]> {
  const found: string[] = []
  const commits = (await source.clone.git('rev-list', '--first-parent', 'main')).split('\n')
  for (const commit of commits) {
    const reports = await forge.reports(app.path, commit, 'all')
    const wrong = commit === source.branches.main ? reports !== 1 : reports > 1
    if (wrong) found.push(`${app.path}: ${reports} reports on ${commit}`)
  }
  for (const { number, state } of app.previews ? source.pulls : []) {
    const comments = await forge.comments(app.path, number)
    const wrong = state === 'open' ? comments.length !== 1 : comments.length > 1
    if (wrong) found.push(`${app.path}: ${comments.length} comments on ${number}`)
    const [comment] = comments
    if (comment === undefined) continue
    const gone = /preview was removed/.test(comment)
    if (gone !== (state !== 'open')) {
      found.push(`${app.path}: the comment on ${number}, which is ${state}, says: ${comment}`)
    }
  }
  return found
}

/** Git itself offers a branch that is deleted while it lists them, at a commit of zeros: then once more. */
async function fetchAll(clone: GitClone): Promise<void> {
  const fetch = ['fetch', '--quiet', '--prune', 'origin', '+refs/*:refs/*']
  const { code, stderr } = await clone.try(...fetch)
  if (code !== 0 && /not our ref 0{40}/.test(stderr)) await clone.git(...fetch)
  else if (code !== 0) throw new Error(stderr)
}

async function fileText(clone: GitClone, revision: string, path: string): Promise<string | null> {
  const { code, stdout } = await clone.try('show', `${revision}:${path}`)
  return code === 0 ? stdout : null
}

function minorOf(tag: string): number {
  return Number(/^v0\.(\d+)\.0$/.exec(tag)?.[1])
}
