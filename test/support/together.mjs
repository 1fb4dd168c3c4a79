import { describe } from 'node:test'
import { pathToFileURL } from 'node:url'

/** Runs test files one after another in this process, each as a suite of its own: hooks stay with their file. */
export function together(files) {
  for (const file of files) describe(file, () => import(pathToFileURL(file).href))
}
