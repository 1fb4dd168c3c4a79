import type { Account } from './model/types.ts'

/** A picture for an account: the first letter of its name on a colour of its own, as SVG. */
export function avatar({ id, login }: Account): string {
  const letter = /[a-z0-9]/i.exec(login)?.[0].toUpperCase() ?? ''
  const hue = (id * 137) % 360
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="40" height="40">
<rect width="40" height="40" rx="20" fill="hsl(${hue} 55% 45%)"/>
<text x="20" y="27" fill="#fff" font-family="sans-serif" font-size="20" text-anchor="middle">${letter}</text>
</svg>
`
}
