import { z } from 'zod'
import type { Oid } from './commit.ts'

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/annotations.md#pre-defined-annotation-keys */
const REVISION = 'org.opencontainers.image.revision'
/** https://github.com/buildpacks/spec/blob/platform/0.14/platform.md#project-metadatatoml-toml */
const PROJECT_METADATA = 'io.buildpacks.project.metadata'

const projectMetadata = z.object({ source: z.object({ version: z.object({ commit: z.string() }) }) })

/** The commit, perhaps abbreviated, from which an image says that it was built; null where it says none. */
export function commitInLabels(labels: Readonly<Record<string, string>>): Oid | null {
  const said = [labels[REVISION], fromProjectMetadata(labels[PROJECT_METADATA])]
  return said.find((text) => text !== undefined && /^[0-9a-f]{7,64}$/.test(text)) ?? null
}

function fromProjectMetadata(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    const parsed = projectMetadata.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.source.version.commit : undefined
  } catch {
    return undefined
  }
}
