import { signal } from '@preact/signals'

const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
const STORED_AS = 'commit-suite-theme'

function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORED_AS)
    return THEMES.find((theme) => theme === stored) ?? 'system'
  } catch {
    // Browsers may forbid it to pages.
    return 'system'
  }
}

export const theme = signal<Theme>('system')

/** Rises whenever colours may have changed: what is drawn on a canvas is drawn again. */
export const themeVersion = signal(0)

/** Takes the theme that was chosen last; `system` follows the browser's. */
export function applyTheme(): void {
  choose(storedTheme())
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    themeVersion.value += 1
  })
}

/** System, light, dark, and round again. */
export function nextTheme(): void {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system'
  choose(next)
  try {
    localStorage.setItem(STORED_AS, next)
  } catch {
    // Then it lasts as long as the page.
  }
}

function choose(chosen: Theme): void {
  theme.value = chosen
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
  themeVersion.value += 1
}
