import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_CONFIG_BYTES, readDocument } from '../../src/config/document.ts'
import { POLICY_PATH } from '../../src/domain/names.ts'
import { GITHUB_WORDS, GITLAB_WORDS } from '../../src/domain/vocabulary.ts'
import type { Proposal, ReportWish, RepositorySnapshot } from '../../src/forge/forge.ts'
import { proposalReports } from '../../src/plan/proposals.ts'
import { CONFIG, CONFIG_WITH_PREVIEWS, POLICY } from '../support/acme.ts'
import { manifests, offers, oid, world } from '../support/world.ts'

const GITHUB = '.github/supercargo.yml'
const PLAIN = '.supercargo.yml'

const { source: SOURCE } = world({ offers: offers(), snapshot: manifests('x') })

function proposal(files: Proposal['files'], change: Partial<Proposal> = {}): Proposal {
  return { number: 12, branch: 'feature', head: oid('abc'), files, tooLarge: [], ...change }
}

/** What the heads are told. */
function reports(proposals: Proposal[], change: Partial<RepositorySnapshot> = {}, words = GITHUB_WORDS) {
  const source = { ...SOURCE, files: { [GITHUB]: CONFIG, [POLICY_PATH]: POLICY }, ...change, proposals }
  return proposalReports(source, words, ['github', 'gitlab']).map((action): ReportWish => {
    assert.ok(action.kind === 'report' && action.target === null)
    assert.deepEqual(action.repository, SOURCE.repository)
    return action.wish
  })
}

function told(files: Proposal['files'], change: Partial<RepositorySnapshot> = {}): string[] {
  return reports([proposal(files)], change).map(({ conclusion, title }) => `${conclusion} ${title}`)
}

test('requirement 12: what is proposed is validated, and its head is told what it names or that it has problems', () => {
  const valid = 'success The proposed configuration is valid: web (staging, production'
  const fromNone = { files: { [GITHUB]: null, [POLICY_PATH]: null } }
  const cases: [string, string[], string[]][] = [
    ['valid', told({ [GITHUB]: CONFIG_WITH_PREVIEWS }), [`${valid}, previews)`]],
    ['the first one', told({ [PLAIN]: CONFIG }, fromNone), [`${valid})`]],
    ['broken', told({ [GITHUB]: 'manifests: [\n' }), ['failure The proposed configuration has 1 problem']],
    ['a policy', told({ [POLICY_PATH]: POLICY }), ['success The proposed policy is valid: 1 entry']],
    ['a broken policy', told({ [POLICY_PATH]: 'a: 1' }), ['failure The proposed policy has 2 problems']],
    [
      'both',
      told({ [POLICY_PATH]: 'accept: []', [GITHUB]: '' }),
      ['failure The proposed policy is valid: 0 entries; The proposed configuration has 1 problem'],
    ],
    ['removed', told({ [GITHUB]: null }), ['neutral There would be no configuration']],
    ['no policy', told({ [POLICY_PATH]: null }), ['neutral There would be no policy']],
    ['moved', told({ [GITHUB]: null, [PLAIN]: CONFIG }), [`${valid})`]],
    ['not read', told({ [PLAIN]: 'broken' }), [`neutral ${PLAIN} is not read: ${GITHUB} comes first`]],
    [
      'the next one',
      told({ [GITHUB]: null }, { files: { [GITHUB]: CONFIG, [PLAIN]: CONFIG } }),
      [`${valid})`],
    ],
    ['archived', told({ [GITHUB]: '' }, { archived: true }), []],
  ]
  for (const [what, found, expected] of cases) assert.deepEqual(found, expected, what)
})

test('requirement 12: every problem is told at its line, and that nothing of it counts', () => {
  const config = CONFIG.replace('follow: tag v*', 'follow: tags').replace('image:', 'imago:')
  const [report] = reports([proposal({ [GITHUB]: config })])
  assert.deepEqual(
    report?.annotations.map(({ path, line, column }) => `${path}:${line}:${column}`),
    [`${GITHUB}:2:1`, `${GITHUB}:10:13`],
  )
  assert.match(
    report?.summary ?? '',
    /^This pull request changes the configuration, which then has 2 problems\./,
  )
  assert.match(
    report?.summary ?? '',
    /until this is on `main`, what is there counts\.\n\n- `\.github\/supercargo/,
  )
  assert.deepEqual([report?.commit, report?.branch, report?.id], [oid('abc'), 'feature', null])
  const [merge] = reports([proposal({ '.gitlab/supercargo.yml': CONFIG })], {}, GITLAB_WORDS)
  assert.match(merge?.summary ?? '', /^This merge request changes the configuration\. It is valid: web/)
})

test('requirement 12: a head is told once, whatever number of pull requests it has', () => {
  const [first, second, ...others] = reports([
    proposal({ [GITHUB]: CONFIG }, { number: 3 }),
    proposal({ [GITHUB]: CONFIG }, { number: 2, head: oid('def') }),
    proposal({ [POLICY_PATH]: null }, { number: 1 }),
  ])
  assert.deepEqual([first?.commit, second?.commit, others.length], [oid('abc'), oid('def'), 0])
  assert.match(first?.title ?? '', /configuration is valid/)
})

test('requirement 16: a proposed file that is too large was never read, and has the problem that it would have', () => {
  const large = reports([proposal({ [GITHUB]: null }, { tooLarge: [GITHUB] })])
  const policy = reports([proposal({ [POLICY_PATH]: null }, { tooLarge: [POLICY_PATH] })])
  const [problem] = readDocument(GITHUB, 'a'.repeat(MAX_CONFIG_BYTES + 1)).problems
  assert.equal(large[0]?.annotations[0]?.message, `${problem?.message} ${problem?.advice}`)
  assert.equal(policy[0]?.title, 'The proposed policy has 1 problem')
})

test('requirement 17: whatever a stranger proposes is shown as plain text, and fits', () => {
  const apps = Array.from(
    { length: 3000 },
    (_, i) => `  app-${i}: { environments: { e: { follow: branch main, path: a/${i} } } }`,
  )
  const many = `manifests: acme/k8s-manifests\nimage: ghcr.io/acme/web\napps:\n${apps.join('\n')}\n`
  const hostile = `"@everyone <!-- supercargo:report --> #1\\n/merge ![x](https://evil.example)": 1\n`
  const [long, mean] = [many, hostile].map((text) => reports([proposal({ [GITHUB]: text })])[0])
  assert.ok((long?.title.length ?? 999) <= 120)
  assert.ok(Buffer.byteLength(long?.summary ?? '') < 4000)
  assert.equal(mean?.conclusion, 'failure')
  assert.doesNotMatch(mean?.summary ?? '', /@everyone|<!--|\n\/merge|!\[x\]\(/)
})
