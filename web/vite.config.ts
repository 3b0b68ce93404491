import type { UserConfig } from 'vite';

/** Addresses are relative, so that the page works under any path; everything comes from where the page does. */
const config: UserConfig = {
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The default inlines small files as data: URLs and adds a preload script: neither is needed, the policy forbids more.
    assetsInlineLimit: 0,
    modulePreload: false,
  },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8501', '/photos': 'http://127.0.0.1:8501' } },
};

// oxlint-disable-next-line import/no-default-export -- where Vite looks for it
export default config;
