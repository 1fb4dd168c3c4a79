/** Comments with commands in one hour and one repository (requirement 26), and how long they count. */
export const LIMITS = { person: 30, repository: 120, seconds: 3600 } as const
