// Passkeys (WebAuthn Level 2). The form says what to do; the server decides whether it holds.
//
//   <form data-passkey="get" data-options="/sign-in/passkey/start" data-url="/sign-in/passkey/finish"
//         data-word-cancelled="..." data-word-missing="..." data-word-failed="..." data-word-wait="...">
//     <input type="hidden" name="csrf" value="...">
//     <button type="submit" hidden data-passkey-button>...</button>
//     <p role="status" data-passkey-says></p>
//     <script type="application/json" data-passkey-options>{...}</script>     (instead of data-options)
//   </form>
//
// Options are asked for by POST of the form's fields (form-encoded), so that the CSRF token and, when registering, the label travel
// with them. The result goes as JSON {"csrf", "credential", and the form's other fields} to data-url, which answers {"next": "/path"}
// or {"error": "sentence for the person"}.
(() => {
  'use strict';

  const toBytes = text => {
    const plain = text.replace(/-/g, '+').replace(/_/g, '/');
    const binary = atob(plain + '='.repeat((4 - plain.length % 4) % 4));
    return Uint8Array.from(binary, c => c.charCodeAt(0)).buffer;
  };
  const toText = buffer => {
    let binary = '';
    for (const byte of new Uint8Array(buffer)) binary += String.fromCharCode(byte);
    return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  };
  const withBytes = list => (list || []).map(item => ({ ...item, id: toBytes(item.id) }));

  const forGet = options => {
    const key = options.publicKey || options;
    return { publicKey: { ...key, challenge: toBytes(key.challenge), allowCredentials: withBytes(key.allowCredentials) } };
  };
  const forCreate = options => {
    const key = options.publicKey || options;
    return { publicKey: { ...key, challenge: toBytes(key.challenge), user: { ...key.user, id: toBytes(key.user.id) }, excludeCredentials: withBytes(key.excludeCredentials) } };
  };

  const described = credential => {
    const from = credential.response;
    const response = { clientDataJSON: toText(from.clientDataJSON) };
    if (from.attestationObject) {
      response.attestationObject = toText(from.attestationObject);
      response.transports = from.getTransports ? from.getTransports() : [];
    } else {
      response.authenticatorData = toText(from.authenticatorData);
      response.signature = toText(from.signature);
      response.userHandle = from.userHandle ? toText(from.userHandle) : null;
    }
    return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response, extensions: credential.getClientExtensionResults() };
  };

  const options = async form => {
    const inPage = form.querySelector('script[data-passkey-options]');
    if (inPage) return JSON.parse(inPage.textContent);
    const answer = await fetch(form.dataset.options, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' } });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(body.error);
    return body;
  };

  class Refused extends Error {}

  const run = async form => {
    const says = form.querySelector('[data-passkey-says]');
    const button = form.querySelector('[data-passkey-button]');
    const say = text => { if (says) says.textContent = text || ''; };
    button.disabled = true;
    say(form.dataset.wordWait);
    try {
      const asked = await options(form);
      const credential = form.dataset.passkey === 'create'
        ? await navigator.credentials.create(forCreate(asked))
        : await navigator.credentials.get(forGet(asked));
      const answer = await fetch(form.dataset.url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
        body: JSON.stringify({ ...Object.fromEntries(new FormData(form)), credential: described(credential) }),
      });
      const body = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Refused(body.error);
      location.assign(body.next || '/');
    } catch (error) {
      button.disabled = false;
      if (error instanceof Refused && error.message) say(error.message);
      else if (error.name === 'NotAllowedError' || error.name === 'AbortError') say(form.dataset.wordCancelled);
      else if (error.name === 'InvalidStateError') say(form.dataset.wordKnown || form.dataset.wordFailed);
      else say(form.dataset.wordFailed);
    }
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const button = form.querySelector('[data-passkey-button]');
    const says = form.querySelector('[data-passkey-says]');
    if (!button) continue;
    if (!window.PublicKeyCredential || !navigator.credentials) {
      if (says) says.textContent = form.dataset.wordMissing || '';
      continue;
    }
    button.hidden = false;
    form.addEventListener('submit', event => { event.preventDefault(); event.stopPropagation(); if (!button.disabled) run(form); });
  }
})();
