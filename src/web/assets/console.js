// Every page works without this file. It refreshes what is live, and lets no form be sent twice.

for (const part of document.querySelectorAll('[data-live]')) {
  const every = Number(part.dataset.every ?? 5) * 1000;
  const refresh = async () => {
    if (document.hidden) return;
    const response = await fetch(part.dataset.live, { redirect: 'error' }).catch(() => null);
    if (response?.ok) part.innerHTML = await response.text();
  };
  setInterval(refresh, every);
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

document.querySelector('form[data-submit]')?.requestSubmit();
