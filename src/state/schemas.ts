import { z } from 'zod'
import type { EnvironmentState, PreviewPlaces, PreviewState } from './state.ts'

/** What the files hold, to the letter: what is not known here may be a lock of a newer version. */

const time = z.iso.datetime()
const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)

const said = {
  by: z.string().min(1),
  at: time,
  url: z.string().nullable(),
  reason: z.string().nullable(),
}

const version = z.strictObject({ tag: z.string().min(1), commit: oid.nullable() })

export const environmentSchema: z.ZodType<EnvironmentState> = z.strictObject({
  lock: z.strictObject({ ...said, until: time.nullable(), pin: version.nullable() }).nullable(),
  promotion: z.strictObject({ ...said, version, instead: z.string().nullable() }).nullable(),
})

export const previewSchema: z.ZodType<PreviewState> = z.strictObject({
  wanted: z.strictObject({ ...said, is: z.enum(['up', 'down']) }).nullable(),
  approved: z.strictObject({ ...said, commit: oid }).nullable(),
  pinned: z.strictObject(said).nullable(),
  extended: z.strictObject({ ...said, seconds: z.number().int().positive().nullable() }).nullable(),
})

export const placesSchema: z.ZodType<PreviewPlaces> = z.strictObject({
  source: z.string().min(1),
  at: z.array(z.strictObject({ branch: z.string().min(1).nullable(), path: z.string().min(1) })).min(1),
})
