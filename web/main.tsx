import { render } from 'preact';
import { announce } from './announce.ts';
import { connect } from './live.ts';
import { Page } from './page.tsx';
import { connection, nowMs, receive } from './state.ts';
import { applyTheme } from './theme.ts';

applyTheme();
const place = document.getElementById('page');
if (place !== null) {
  place.replaceChildren();
  render(<Page />, place);
}
connect({ receive, connection: (state) => (connection.value = state) });
setInterval(() => (nowMs.value = Date.now()), 1000);
announce();
