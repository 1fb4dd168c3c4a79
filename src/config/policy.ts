import type { RepositoryId } from '../domain/repository.ts'
import { readDocument } from './document.ts'
import { readGates } from './gates.ts'
import { parseFrom, parseImageGlob } from './grammar-glob.ts'
import { policyJsonSchema } from './json-schema.ts'
import type { Accept, Policy, Read } from './model.ts'
import { policySchema, type WrittenPolicy } from './policy-schema.ts'
import { inOrder } from './problem.ts'
import { judged } from './reading.ts'
import { checkStructure } from './structure.ts'

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
  if (written === null || all.length > 0) return { ok: false, problems: inOrder(all) }
  return { ok: true, value: { accept: written.accept.map((entry) => normalise(entry, manifests)) } }
}

function normalise(entry: WrittenPolicy['accept'][number], manifests: RepositoryId): Accept {
  return {
    from: judged(parseFrom(entry.from, manifests.forge)),
    paths: entry.paths,
    images: entry.images.map((image) => judged(parseImageGlob(image))),
    merge: entry.merge ?? [],
    direct: entry.direct ?? [],
    ...(entry.branches === undefined ? {} : { branches: entry.branches }),
    ...(entry.gates === undefined ? {} : { gates: readGates(entry.gates) }),
  }
}
