// Keeps what is typed into a form in this browser alone, until it is sent (D67); without this file, nothing is kept. It asks the server
// for nothing, which the policy of its pages forbids besides. The words are the page's.

const PREFIX = 'varsel-typed ';
/** What this tab has sent, until it sees what came of that. */
const SENT = 'varsel-sent';
const DAY_MS = 86_400_000;

try {
  forgetWhatIsOver();
  const kept = [...document.querySelectorAll('[data-days]')].map((told) => keep(told.closest('form, section'), told));
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  // What was sent is taken where another page than its form follows, and tells of no problem. A failure page has no script.
  if (sent !== null && !kept.includes(sent) && !document.querySelector('.problems')) localStorage.removeItem(sent);
} catch {
  // This browser lets pages keep nothing: what would have been said of that stays hidden.
}
// A page that comes back from the browser's memory: it is not known what became of what was sent.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) sessionStorage.removeItem(SENT);
});

function keep(form, told) {
  // Where nothing can be sent any more, a section has the texts, of the form that the page had.
  const key = PREFIX + new URL(form.action ?? location.href).pathname;
  // Texts alone: a choice is made anew, and a code is of the moment.
  const fields = [...form.querySelectorAll('textarea, input[type=text]:not([autocomplete=one-time-code])')];
  const [status, clear] = [told.querySelector('[role=status]'), told.querySelector('button')];
  const found = JSON.parse(localStorage.getItem(key));
  // What the server shows again was sent from this page, perhaps with other words than another tab has kept.
  const isShownAgain = fields.some((field) => field.localName === 'textarea' && field.defaultValue !== '');

  told.hidden = false;
  clear.hidden = !found;
  if (found && !isShownAgain) {
    for (const field of fields)
      if (field.value === field.defaultValue) field.value = found.typed[field.name] ?? field.value;
    status.textContent = told.dataset.restored;
    form.hidden = false;
  }

  form.addEventListener('input', () => {
    if (clear.hidden) status.textContent = '';
    const typed = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    const isTyped = isShownAgain || fields.some((field) => field.value !== field.defaultValue);
    try {
      if (isTyped)
        localStorage.setItem(key, JSON.stringify({ typed, until: Date.now() + Number(told.dataset.days) * DAY_MS }));
      else localStorage.removeItem(key);
      clear.hidden = !isTyped;
    } catch {
      // The browser has no room left. Nothing is promised that does not hold.
      told.hidden = true;
    }
  });
  form.addEventListener('submit', () => sessionStorage.setItem(SENT, key));
  clear.addEventListener('click', () => {
    if (!confirm(told.dataset.sure)) return;
    localStorage.removeItem(key);
    for (const field of fields) field.value = isShownAgain ? '' : field.defaultValue;
    clear.hidden = true;
    status.textContent = told.dataset.cleared;
    fields[0].focus();
  });
  return key;
}

function forgetWhatIsOver() {
  for (const key of Object.keys(localStorage).filter((each) => each.startsWith(PREFIX)))
    if (!(JSON.parse(localStorage.getItem(key))?.until > Date.now())) localStorage.removeItem(key);
}
