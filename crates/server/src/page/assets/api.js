// Asks the server. What it refuses is thrown as the words that it gives for it.

/** Where the page is, without a slash at the end: a proxy may have put it below a path. */
export const place = new URL('.', location.href).href.replace(/\/$/, '');

/** What the server did not do, in its words. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The answer, if it is a good one. */
export async function ask(path, { method = 'GET', json, body, signal } = {}) {
  const options = { method, signal, cache: 'no-store' };
  if (json !== undefined || body !== undefined) {
    options.body = body ?? JSON.stringify(json);
    options.headers = { 'content-type': 'application/json' };
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refused(0, 'the server does not answer; is it running?');
  }
  if (!response.ok) throw new Refused(response.status, await problem(response));
  return response;
}

/** The answer as JSON. */
export const askJson = async (path, options) => (await ask(path, options)).json();

async function problem(response) {
  if (response.status === 401) {
    return 'this browser is logged out: reload the page, and give it the token';
  }
  try {
    const { title, detail } = await response.json();
    return detail || title;
  } catch {
    return `the server answered ${response.status} ${response.statusText}`;
  }
}

/** The address of a device. */
export const deviceAt = (name, rest = '') => `api/v1/devices/${encodeURIComponent(name)}${rest}`;

/** Ends what this browser is let in by; the page then asks for the token. */
export async function logOut() {
  await ask('api/v1/logout', { method: 'POST', json: {} });
  location.reload();
}
