const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text of a repository as text of the page. */
export const text = (value: string): string =>
  value.replace(/[\p{Cc}\p{Cf}]/gu, '�').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
