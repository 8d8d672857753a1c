// The updates of the server, as they come; and whether they come.

import { ask } from './api.js';

/** How long to wait before trying again, where the browser has given up; in ms. */
const AGAIN = 2000;

/** Listens to the server: `told` gets what it says, `lost` why nothing is heard, or null again. */
export function connect({ told, lost }) {
  const source = new EventSource('api/v1/updates');
  source.addEventListener('update', (event) => {
    lost(null);
    told(JSON.parse(event.data));
  });
  source.addEventListener('error', async () => {
    lost('Connection lost, trying again.');
    // While it is connecting, the browser tries by itself.
    if (source.readyState !== EventSource.CLOSED) return;
    const reason = await ask('api/v1/fleet').then(() => null, (error) => error);
    if (reason?.status === 401) lost(`Not allowed: ${reason.message}.`);
    setTimeout(() => connect({ told, lost }), AGAIN);
  });
}
