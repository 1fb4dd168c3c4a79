import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import { readDocument } from './document.ts'
import { readFreezes } from './freezes.ts'
import { readGates } from './gates.ts'
import { parseFrom, parseImageGlob } from './grammar-glob.ts'
import { parseReviewer, parseWho } from './grammar-who.ts'
import { policyJsonSchema } from './json-schema.ts'
import type { Accept, ByEnvironment, Policy, Read } from './model.ts'
import type { Parsed } from './parsed.ts'
import { policySchema, type WrittenPolicy } from './policy-schema.ts'
import { inOrder } from './problem.ts'
import { judged } from './reading.ts'
import { checkStructure } from './structure.ts'
import type { WrittenWho } from './who-schema.ts'

/**
 * Reads `.supercargo/policy.yml`. Pure. A policy with any problem accepts nothing: there is no value then.
 * @param file the path that problems show
 * @param manifests the repository that the file was read from: sources without a forge are on its own
 */
export function readPolicy(file: string, text: string, manifests: RepositoryId): Read<Policy> {
  const document = readDocument(file, text)
  if (document.value === undefined) return { ok: false, problems: inOrder(document.problems) }
  const { written, problems } = checkStructure(policySchema, policyJsonSchema, document)
  const all = [...document.problems, ...problems]
  const freezes = readFreezes(written?.freeze ?? [], document)
  all.push(...freezes.problems)
  if (written === null || all.length > 0) return { ok: false, problems: inOrder(all) }
  const accept = written.accept.map((entry) => normalise(entry, manifests))
  return { ok: true, value: { accept, ...(written.freeze === undefined ? {} : { freeze: freezes.value }) } }
}

function normalise(entry: WrittenPolicy['accept'][number], { forge }: RepositoryId): Accept {
  return {
    from: judged(parseFrom(entry.from, forge)),
    paths: entry.paths,
    images: entry.images.map((image) => judged(parseImageGlob(image))),
    merge: entry.merge ?? [],
    direct: entry.direct ?? [],
    ...(entry.branches === undefined ? {} : { branches: entry.branches }),
    ...(entry.gates === undefined ? {} : { gates: readGates(entry.gates) }),
    ...(entry.promote === undefined ? {} : { promote: byEnvironment(entry.promote, parseWho, forge) }),
    ...(entry.reviewers === undefined
      ? {}
      : { reviewers: byEnvironment(entry.reviewers, parseReviewer, forge) }),
  }
}

function byEnvironment<T>(
  written: NonNullable<WrittenWho>,
  parse: (text: string, forge: ForgeId) => Parsed<T>,
  forge: ForgeId,
): ByEnvironment<T> {
  const all = Array.isArray(written) ? { '*': written } : written
  return Object.fromEntries(
    Object.entries(all).map(([name, texts]) => [name, texts.map((text) => judged(parse(text, forge)))]),
  )
}
