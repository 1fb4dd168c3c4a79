import type { Oid } from '../../domain/commit.ts'
import { ZERO_OID } from '../../domain/commit.ts'
import type { TreeChange } from '../git/git-repository.ts'
import { changeTree, writeCommit } from '../git/write.ts'
import { setMember } from '../gitlab/state/groups.ts'
import { findRepository } from '../model/access.ts'
import { install, installationOn } from '../model/installations.ts'
import type { Model } from '../model/model.ts'
import { changeRefs } from '../model/refs.ts'
import { createRepository, ensureAccount } from '../model/repositories.ts'
import { accountSignature } from '../model/signatures.ts'
import type { Repository } from '../model/types.ts'
import { type Sample, samples } from './files.ts'

/**
 * Makes `acme/web` and `acme/k8s-manifests` with their first commits, where they do not exist, and lets the bot
 * in: on GitHub by installing the app on `acme`, on GitLab as a maintainer of the group. What a person has made
 * of them since stays.
 */
export async function seedSamples(model: Model): Promise<{ web: Repository; manifests: Repository }> {
  const { web } = samples(model.flavour, null)
  const application = await seed(model, web)
  const head = (await model.git(application).ref(`refs/heads/${application.defaultBranch}`))?.oid
  const manifests = await seed(model, samples(model.flavour, head?.slice(0, 7) ?? null).manifests)
  const owner = ensureAccount(model, web.owner, 'Organization')
  if (model.flavour.kind === 'gitlab') {
    if (model.tables.members.by(owner.id).length === 0) {
      setMember(model, owner, model.you.login, 50)
      setMember(model, owner, model.bot.login, 40)
    }
  } else if (installationOn(model, owner) === null) install(model, web.owner)
  return { web: application, manifests }
}

async function seed(model: Model, sample: Sample): Promise<Repository> {
  const repository =
    findRepository(model, sample.owner, sample.name) ??
    (await createRepository(model, {
      owner: sample.owner,
      name: sample.name,
      description: sample.description,
    }))
  if ((await model.git(repository).refs()).size === 0) await seedFiles(model, repository, sample)
  return repository
}

async function seedFiles(model: Model, repository: Repository, sample: Sample): Promise<Oid> {
  const git = model.git(repository)
  const changes: TreeChange[] = []
  for (const [path, text] of Object.entries(sample.files)) {
    changes.push({ path, entry: { mode: '100644', oid: await git.writeBlob(Buffer.from(text)) } })
  }
  const author = accountSignature(model.you, new Date())
  const after = await writeCommit(git, {
    tree: await changeTree(git, null, changes),
    parents: [],
    author,
    committer: author,
    message: `${sample.message}\n`,
  })
  const ref = `refs/heads/${repository.defaultBranch}`
  await changeRefs(model, repository, { kind: 'person', account: model.you }, [
    { ref, before: ZERO_OID, after },
  ])
  return after
}
