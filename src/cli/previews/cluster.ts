import {
  ApiException,
  type ConfigurationOptions,
  CoreV1Api,
  KubeConfig,
  Observable,
  type ObservableMiddleware,
  type V1Namespace,
} from '@kubernetes/client-node'
import { SupercargoError } from '../../domain/errors.ts'
import { APP_LABEL, type PreviewNamespace, SOURCE_ANNOTATION } from './namespaces.ts'

// The build puts Kubernetes' client into this one file, which is loaded when a cluster is asked for and never before.

/** For one answer, in milliseconds. */
const PATIENCE = 30_000

/** In one page of a listing. */
const PAGE = 500

/** What is needed of a cluster. */
export interface Cluster {
  /** Every namespace that has the label. @throws SupercargoError rather than give a part of them */
  list(label: string): Promise<PreviewNamespace[]>
  /**
   * Deletes exactly this namespace, as it was when it was listed. `changed`: it is another one, or is not the same any more.
   */
  remove(namespace: PreviewNamespace): Promise<'deleted' | 'gone' | 'changed'>
}

/**
 * @param file a kubeconfig; it may name a program that gives the token
 * @param context null: the current one
 * @throws SupercargoError `kubeconfig-unreadable`, `context-unknown`
 */
export function openCluster(file: string, context: string | null): Cluster {
  const config = read(file)
  if (context !== null) config.setCurrentContext(context)
  if (config.getCurrentCluster() === null) {
    const names = config.getContexts().map(({ name }) => name)
    throw new SupercargoError(
      `${file} has no context ${context ?? config.getCurrentContext() ?? ''} with a cluster.`,
      {
        code: 'context-unknown',
        kind: 'permanent',
        advice: `Name one with --context: ${names.join(', ')}.`,
      },
    )
  }
  const api = config.makeApiClient(CoreV1Api)
  return {
    async list(label) {
      const found: PreviewNamespace[] = []
      let next: string | undefined
      do {
        const page = { labelSelector: label, limit: PAGE, ...(next === undefined ? {} : { _continue: next }) }
        const { items, metadata } = await answered(api.listNamespace(page, inTime()))
        found.push(...items.flatMap((item) => namespaceOf(item, label)))
        next = metadata?._continue || undefined
      } while (next !== undefined)
      return found
    },
    async remove({ name, uid, resourceVersion }) {
      try {
        const body = { preconditions: { uid, resourceVersion } }
        await api.deleteNamespace({ name, body }, inTime())
        return 'deleted'
      } catch (error) {
        if (error instanceof ApiException && error.code === 404) return 'gone'
        if (error instanceof ApiException && error.code === 409) return 'changed'
        throw failure(error)
      }
    },
  }
}

function read(file: string): KubeConfig {
  const config = new KubeConfig()
  try {
    config.loadFromFile(file)
    return config
  } catch (error) {
    // its text may quote the file, and so a credential
    throw new SupercargoError(`${file} cannot be read as a kubeconfig (${codeOf(error)}).`, {
      code: 'kubeconfig-unreadable',
      kind: 'permanent',
      advice: 'Name a file that kubectl can use.',
    })
  }
}

/** The server is not trusted to have filtered: what has no label is nobody's. */
function namespaceOf({ metadata }: V1Namespace, label: string): PreviewNamespace[] {
  const { name, uid, resourceVersion, creationTimestamp, deletionTimestamp, labels, annotations } =
    metadata ?? {}
  const preview = labels?.[label]
  if (name === undefined || uid === undefined || resourceVersion === undefined || preview === undefined)
    return []
  return [
    {
      name,
      uid,
      resourceVersion,
      created: creationTimestamp?.toISOString() ?? null,
      terminating: deletionTimestamp !== undefined,
      preview,
      app: labels?.[APP_LABEL] ?? null,
      source: annotations?.[SOURCE_ANNOTATION] ?? null,
    },
  ]
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw failure(error)
  }
}

function failure(error: unknown): SupercargoError {
  const status = error instanceof ApiException ? error.code : null
  if (status === 401 || status === 403) {
    return new SupercargoError(`The cluster refuses the credentials of the kubeconfig (${status}).`, {
      code: 'cluster-forbidden',
      kind: 'permanent',
      advice: 'They need a ClusterRole with list, and with --delete also delete, on namespaces.',
    })
  }
  return new SupercargoError(`The cluster does not answer as it should (${status ?? codeOf(error)}).`, {
    code: 'cluster-unavailable',
    kind: 'transient',
    advice: 'Try kubectl get namespaces with the same kubeconfig.',
  })
}

/** `ENOENT`, `ECONNREFUSED`; never a text, which may hold what the file holds. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** The client itself waits for ever. */
function inTime(): ConfigurationOptions<ObservableMiddleware> {
  const pre: ObservableMiddleware['pre'] = (request) => {
    request.setSignal(AbortSignal.timeout(PATIENCE))
    return new Observable(Promise.resolve(request))
  }
  const post: ObservableMiddleware['post'] = (response) => new Observable(Promise.resolve(response))
  return { middleware: [{ pre, post }], middlewareMergeStrategy: 'append' }
}
