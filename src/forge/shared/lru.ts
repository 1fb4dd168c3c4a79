export { type LruCache, lruCache } from '../../domain/lru.ts'
