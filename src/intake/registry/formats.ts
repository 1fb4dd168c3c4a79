import { acr } from './acr.ts'
import type { Format } from './announcement.ts'
import { cloudEvents } from './cloud-events.ts'
import { distribution } from './distribution.ts'
import { dockerHub } from './docker-hub.ts'
import { ecr } from './ecr.ts'
import { ghcr } from './ghcr.ts'
import { google } from './google.ts'
import { harbor } from './harbor.ts'
import { quay } from './quay.ts'

/** By the name that the operator gives in REGISTRY_…_WEBHOOK. */
export const FORMATS = {
  harbor,
  ghcr,
  dockerhub: dockerHub,
  quay,
  acr,
  ecr,
  google,
  distribution,
  cloudevents: cloudEvents,
} as const satisfies Record<string, Format>

export type FormatName = keyof typeof FORMATS
