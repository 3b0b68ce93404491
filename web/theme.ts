/** Light or dark: as chosen here, else as the system has it. The choice stands on the document and is kept. */
const KEY = 'livetally-theme';

export function applyTheme(): void {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') choose(kept);
}

export function toggleTheme(): void {
  const now = document.documentElement.dataset['theme'] ?? systemTheme();
  choose(now === 'dark' ? 'light' : 'dark');
}

function systemTheme(): string {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function choose(theme: 'light' | 'dark'): void {
  document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(KEY, theme);
}
