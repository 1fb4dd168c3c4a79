import { isSeq } from 'yaml'
import type { TextFile } from '../editor.ts'
import { readDocuments } from '../yaml/document.ts'
import { mappingsBelow, scalarOf, scalarsIn } from '../yaml/mapping.ts'

/** A place where Kubernetes, or a name server, takes only some names. */
export interface ObjectName {
  /** `label`: https://www.rfc-editor.org/rfc/rfc1123 label. `name`: several with dots between. `part`: prefix or suffix. */
  kind: 'label' | 'name' | 'part' | 'host'
  /** The key that it is the value of: `namespace`. */
  key: string
  text: string
  /** In the file, from 1. */
  line: number
}

/** What a key means wherever it stands; `name` and `generateName` mean something below `metadata` only. */
const KEYS: Record<string, ObjectName['kind']> = {
  namespace: 'label',
  targetNamespace: 'label',
  namePrefix: 'part',
  nameSuffix: 'part',
  host: 'host',
  hostname: 'host',
  hosts: 'host',
  hostnames: 'host',
  dnsNames: 'host',
}
const OF_METADATA: Record<string, ObjectName['kind']> = { name: 'name', generateName: 'part' }

/** The names of objects, namespaces and hosts in a YAML or JSON file; [] for what cannot be read as such. */
export function objectNames(file: TextFile): ObjectName[] {
  const { documents } = readDocuments(file)
  return documents.flatMap((document) =>
    mappingsBelow(document, document.root).flatMap(({ entries, key: parent }) =>
      [...entries].flatMap(([key, entry]) => {
        const kind = kindOf(key, parent)
        if (kind === null) return []
        const single = scalarOf(entry)
        const scalars = isSeq(entry.value) ? scalarsIn(document, entry) : single === null ? [] : [single]
        return scalars.flatMap(({ value, range }) =>
          typeof value === 'string'
            ? [{ kind, key, text: value, line: document.part.position(range[0]).line }]
            : [],
        )
      }),
    ),
  )
}

function kindOf(key: string, parent: string | null): ObjectName['kind'] | null {
  const known = parent === 'metadata' && Object.hasOwn(OF_METADATA, key) ? OF_METADATA : KEYS
  return Object.hasOwn(known, key) ? (known[key] ?? null) : null
}
