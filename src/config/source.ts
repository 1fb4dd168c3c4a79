import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import { type Document, readDocument } from './document.ts'
import { inheritApps } from './inherit.ts'
import { sourceJsonSchema } from './json-schema.ts'
import type { Read, SourceConfig } from './model.ts'
import { inOrder } from './problem.ts'
import { checkRules } from './rules.ts'
import { sourceSchema } from './source-schema.ts'
import { checkStructure } from './structure.ts'

/**
 * Reads the configuration of an application repository. Pure. Either everything is right, or there is no value
 * and every problem is listed, in the order of the file.
 * @param file the path that problems show
 * @param source the repository that the file was read from
 * @param forges those that there are; absent: nobody knows, and any name will do
 */
export function readSourceConfig(
  file: string,
  text: string,
  source: RepositoryId,
  forges?: readonly ForgeId[],
): Read<SourceConfig> {
  const document: Document = readDocument(file, text)
  if (document.value === undefined) return { ok: false, problems: inOrder(document.problems) }
  const structure = checkStructure(sourceSchema, sourceJsonSchema, document)
  const problems = [...document.problems, ...structure.problems]
  if (structure.written === null) return { ok: false, problems: inOrder(problems) }
  const inherited = inheritApps({ ...structure, written: structure.written }, { document, source, forges })
  problems.push(...inherited.problems, ...checkRules(inherited.apps, document, source))
  if (problems.length > 0) return { ok: false, problems: inOrder(problems) }
  return { ok: true, value: { apps: inherited.apps.map(({ app }) => app) } }
}
