// Every page works without this file. It refreshes what is live, and lets no form be sent twice.

for (const part of document.querySelectorAll('[data-live]')) keepFresh(part);

/** What somebody knows a thing of a page by, whichever the copy of it. */
const nameOf = (element) =>
  element.id || element.getAttribute('href') || element.getAttribute('aria-label') || element.textContent;

/** Asks for a part of the page again and again while somebody looks, and shows it where it is another by now. */
function keepFresh(part) {
  const news = document.getElementById(part.dataset.tells ?? '');
  let shown = part.innerHTML.trim();

  async function refresh() {
    if (document.hidden) return;
    const response = await fetch(part.dataset.live, { redirect: 'manual' }).catch(() => null);
    // Who is signed out is asked to sign in, and reads on no longer.
    if (response?.type === 'opaqueredirect') return location.reload();
    if (!response?.ok) return;
    const fresh = document.createElement('template');
    fresh.innerHTML = (await response.text()).trim();
    const found = fresh.innerHTML;
    if (found === shown) return;
    const copyOf = (element) =>
      [...fresh.content.querySelectorAll(element.localName)].find((each) => nameOf(each) === nameOf(element));
    const reading = part.contains(document.activeElement) ? document.activeElement : null;
    const focused = reading && copyOf(reading);
    // Nothing goes away under who is at it: it is tried again.
    if (reading && !focused) return;
    for (const summary of part.querySelectorAll('details[open] > summary'))
      copyOf(summary)?.parentElement.setAttribute('open', '');
    shown = found;
    part.replaceChildren(fresh.content);
    focused?.focus({ preventScroll: true });
    if (news) news.textContent = part.querySelector('[data-news]').textContent;
  }

  setInterval(() => void refresh(), Number(part.dataset.every ?? 5) * 1000);
  document.addEventListener('visibilitychange', () => void refresh());
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
});
// A page that comes back from the browser's memory can be sent anew.
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
});

for (const form of document.querySelectorAll('form[data-submit]')) form.requestSubmit();
