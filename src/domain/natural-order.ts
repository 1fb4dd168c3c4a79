/** The natural order of texts, in which digits count as one number of any size. 0 only for equal texts. */
export function naturalOrder(a: string, b: string): number {
  const left = a.match(/[0-9]+|[^0-9]+/g) ?? []
  const right = b.match(/[0-9]+|[^0-9]+/g) ?? []
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = comparePart(left[i] ?? '', right[i] ?? '')
    if (order !== 0) return order
  }
  return left.length - right.length || compareText(a, b)
}

function comparePart(a: string, b: string): number {
  if (/^[0-9]/.test(a) && /^[0-9]/.test(b)) {
    const order = BigInt(a) - BigInt(b)
    return order === 0n ? 0 : order > 0n ? 1 : -1
  }
  return compareText(a, b)
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}
