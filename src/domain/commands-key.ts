const KEY = /^commands (\S+) (\d{1,15})$/

/** The key under which the commands of one pull request are carried out, one after the other. */
export function commandsKey(repositoryKey: string, number: number): string {
  return `commands ${repositoryKey} ${number}`
}

/** Reads such a key; null for any other. */
export function readCommandsKey(key: string): { repositoryKey: string; number: number } | null {
  const [, repositoryKey, number] = KEY.exec(key) ?? []
  return repositoryKey === undefined ? null : { repositoryKey, number: Number(number) }
}
