// A command to type, and a button that copies it.

import { make, say } from './elements.js';

/** A command; `show` makes it another one. */
export function command(text = '') {
  const code = make('code', {}, text);
  const button = make('button', { type: 'button', class: 'copy', click: () => copy() }, 'copy');
  const root = make('div', { class: 'command' }, make('pre', { tabindex: '0' }, code), button);

  async function copy() {
    let done = true;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // Away from this machine, without TLS, browsers copy only what is selected.
      getSelection().selectAllChildren(code);
      done = document.execCommand('copy');
    }
    say(button, done ? 'copied' : 'press Ctrl+C');
    setTimeout(() => say(button, 'copy'), 2000);
  }

  return { root, show: (text) => say(code, text) };
}
