/** JSON that is safe in a script element: it cannot contain the closing tag. */
export function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
