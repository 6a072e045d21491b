// What makes complete pages more pleasant: nothing here is needed, and nothing here decides anything.
// Words come from the page (data attributes), so that this file holds no language.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('scripted');

  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const two = n => String(n).padStart(2, '0');

  // A summary of errors takes the focus, so that it is read first.
  const focusSummary = from => {
    const summary = from.querySelector('[data-takes-focus]');
    if (summary) summary.focus();
  };

  // "/" goes to the search box, except while something is being typed.
  document.addEventListener('keydown', event => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target;
    if (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
    const box = document.querySelector('input[data-search]');
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  });

  // Clocks: the server wrote the time and its own offset from UTC; the device's clock is only trusted to count seconds on.
  const clocks = new WeakMap();
  const tickClock = element => {
    let state = clocks.get(element);
    if (!state) {
      state = { at: Number(element.dataset.clock), seen: performance.now(), offset: Number(element.dataset.offset || 0) };
      clocks.set(element, state);
    }
    const now = new Date(state.at + (performance.now() - state.seen) + state.offset * 1000);
    const text = two(now.getUTCHours()) + (element.dataset.mark || ':') + two(now.getUTCMinutes()) + ' ' + (element.dataset.zone || '');
    if (element.textContent !== text) element.textContent = text.trim();
  };
  // Countdowns: data-left seconds from when the page was made; words in data-word-left ("{} lagi"), data-word-late.
  const tickCountdown = element => {
    let state = clocks.get(element);
    if (!state) {
      state = { left: Number(element.dataset.left), seen: performance.now() };
      clocks.set(element, state);
    }
    const left = Math.round(state.left - (performance.now() - state.seen) / 1000);
    if (left > 3600) return;
    const text = left <= 0 ? element.dataset.wordLate : element.dataset.wordLeft.replace('{}', two(Math.floor(left / 60)) + ':' + two(left % 60));
    const target = element.querySelector('[data-text]') || element;
    if (target.textContent !== text) target.textContent = text;
    element.classList.toggle('late', left <= 0);
  };
  setInterval(() => {
    if (document.hidden) return;
    all('[data-clock]').forEach(tickClock);
    all('[data-left]').forEach(tickCountdown);
  }, 1000);

  // Live: the server sends the names of what changed; parts of the page that say hx-trigger="live:NAME from:body" ask again.
  // A browser opens six connections to an office, whatever the number of its pages. So of the pages of one sign-in one that is seen listens
  // and tells the others; a page that nobody sees keeps what it hears until somebody does.
  const live = document.body.dataset.live;
  if (live && 'EventSource' in window) {
    const names = (document.body.dataset.liveNames || '').split(' ').filter(Boolean);
    const address = new URL(live, location.href);
    const group = 'siger-live-' + address.searchParams.get('of');
    // Up to which size of the journal this page has heard everything.
    let known = Number(address.searchParams.get('from'));
    const badge = document.querySelector('[data-connection]');
    const show = state => {
      if (!badge) return;
      badge.hidden = false;
      all('[data-when]', badge).forEach(part => { part.hidden = part.dataset.when !== state; });
    };
    // What is asked for while the page is being left would be cut off. If it stays after all (a download), it hears then.
    let leaving = 0;
    const missed = new Set();
    const tell = name => {
      if (leaving || document.hidden) missed.add(name);
      else document.body.dispatchEvent(new CustomEvent('live:' + name, { bubbles: true }));
    };
    const catchUp = () => { const names = [...missed]; missed.clear(); names.forEach(tell); };
    addEventListener('beforeunload', () => {
      clearTimeout(leaving);
      leaving = setTimeout(() => { leaving = 0; catchUp(); }, 3000);
      all('.htmx-request').forEach(part => part.dispatchEvent(new Event('htmx:abort')));
    });

    // Words between the pages: {name, known} of a change, {state, known} of the connection, {asks} from a page that has just come.
    const others = navigator.locks && 'BroadcastChannel' in window ? new BroadcastChannel(group) : null;
    let source = null;
    let state = 'off';
    const hear = word => {
      // Whoever was stopped or signed out elsewhere leaves at once, whatever stands on the page. Whoever signs out here is leaving already.
      if (word.name === 'ended') { if (!leaving) location.reload(); }
      else if (word.name) tell(word.name);
      else if (word.known > known) names.forEach(tell);
      if (word.known > known) known = word.known;
      if (word.state) show(word.state);
    };
    const say = word => {
      hear(word);
      if (others) others.postMessage(word);
    };
    if (others) others.onmessage = event => {
      if (!event.data.asks) hear(event.data);
      else if (source) others.postMessage({ state, known });
    };

    let again = 0;
    const open = () => {
      address.searchParams.set('from', known);
      source = new EventSource(address);
      const become = now => { state = now; say({ state, known }); };
      source.onopen = () => become('on');
      source.onerror = () => {
        become('off');
        // A browser tries again by itself, except after an answer that was none: a proxy whose office is being restarted.
        if (source.readyState === EventSource.CLOSED) again = setTimeout(open, 5000);
      };
      ['ended', ...names].forEach(name => source.addEventListener(name, event => say({ name, known: Number(event.lastEventId) })));
    };
    let stop = () => {};
    const listen = () => {
      stop();
      if (document.hidden) return;
      catchUp();
      if (!others) { open(); stop = () => { clearTimeout(again); source.close(); }; return; }
      const turn = new AbortController();
      let release = () => {};
      stop = () => { stop = () => {}; turn.abort(); release(); };
      const hold = () => turn.signal.aborted ? null : new Promise(done => {
        open();
        release = () => { clearTimeout(again); source.close(); source = null; done(); };
      });
      // Given up while it waited: the page is not seen any more.
      navigator.locks.request(group, { signal: turn.signal }, hold).catch(() => {});
      others.postMessage({ asks: true });
    };
    document.addEventListener('visibilitychange', listen);
    addEventListener('pageshow', event => { if (event.persisted) listen(); });
    addEventListener('pagehide', () => stop());
    listen();
  }

  // A part that was asked for again keeps the place of whoever works in it: where the focus is, and which questions stand open.
  const nameOf = element => {
    const form = element.closest('form');
    return [element.tagName, element.id, ...['href', 'name', 'value'].map(name => element.getAttribute(name)), form && form.getAttribute('action')].join('|');
  };
  const places = new Map();
  document.addEventListener('htmx:before:swap', event => {
    const part = event.target;
    const answer = event.detail.ctx.response && event.detail.ctx.response.raw;
    if (answer && (answer.redirected || !answer.ok)) {
      // The sign-in has ended or the right to see this: the whole page says so. What the server cannot answer now stays as it is.
      event.preventDefault();
      if (answer.status < 500) location.reload();
      return;
    }
    const at = part.contains && part.contains(document.activeElement) ? document.activeElement : null;
    if (part.id) places.set(part.id, { at: at && nameOf(at), open: all('details[open] > summary', part).map(nameOf) });
  });
  document.addEventListener('htmx:after:swap', () => {
    places.forEach((place, id) => {
      const part = document.getElementById(id);
      if (!part) return;
      all('summary', part).filter(summary => place.open.includes(nameOf(summary))).forEach(summary => { summary.parentElement.open = true; });
      const at = place.at && all('a, button, input, select, textarea, summary', part).find(element => nameOf(element) === place.at);
      if (at) at.focus({ preventScroll: true });
    });
    places.clear();
  });

  // A password can be shown while it is typed.
  document.addEventListener('change', event => {
    const target = event.target.dataset && event.target.dataset.shows;
    const input = target && document.getElementById(target);
    if (input) input.type = event.target.checked ? 'text' : 'password';
  });

  // One press is enough: a form that was sent is not sent again until the page is back (data-again: a download, which leaves the page here).
  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method !== 'post' || event.defaultPrevented || form.dataset.again !== undefined) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    form.setAttribute('aria-busy', 'true');
  });
  addEventListener('pageshow', () => all('form[data-sent]').forEach(form => { delete form.dataset.sent; form.removeAttribute('aria-busy'); }));

  // Copy a proof or an address.
  document.addEventListener('click', async event => {
    const button = event.target.closest && event.target.closest('[data-copies]');
    if (!button || !navigator.clipboard) return;
    const from = document.getElementById(button.dataset.copies);
    if (!from) return;
    await navigator.clipboard.writeText((from.value || from.textContent).trim());
    const word = button.querySelector('[data-text]') || button;
    const before = word.textContent;
    word.textContent = button.dataset.wordDone || before;
    setTimeout(() => { word.textContent = before; }, 2000);
  });

  // The button of the theme and language forms is not needed when a choice can be sent at once.
  document.addEventListener('change', event => {
    const form = event.target.form;
    if (form && form.dataset.sendsItself !== undefined) form.requestSubmit();
  });

  const ready = from => { focusSummary(from); all('[data-clock]', from).forEach(tickClock); all('[data-left]', from).forEach(tickCountdown); };
  document.addEventListener('htmx:after:swap', event => { if (event.target.querySelectorAll) ready(event.target); });
  ready(document);
})();
