// Saves a draft while it is typed; without this file, it is saved when its form is sent. The words are the page's and the server's.

const AFTER_MS = 1000;

for (const told of document.querySelectorAll('form [data-keep]')) keep(told.closest('form'), told);

function keep(form, told) {
  const typedNow = () => {
    const fields = new URLSearchParams(new FormData(form));
    fields.delete('version');
    return fields.toString();
  };
  let kept = typedNow();
  /** Saves one after another: each is of the version that the one before has made. */
  let saving = Promise.resolve();
  let waiting = 0;
  let timer;
  let isOver = false;
  let isLeaving = false;

  const tell = (words) => {
    if (told.textContent !== words) told.textContent = words;
  };
  const end = (words) => {
    isOver = true;
    tell(words);
  };
  const isTyped = () => !isOver && typedNow() !== kept;

  async function save() {
    if (!isTyped()) return;
    const typed = typedNow();
    const body = new URLSearchParams(new FormData(form));
    const keepalive = document.hidden;
    const response = await fetch(told.dataset.keep, { method: 'POST', body, redirect: 'manual', keepalive });
    // Only who is signed out is sent elsewhere.
    if (response.type === 'opaqueredirect') return end(told.dataset.lapsed);
    if (!response.ok) return tell(told.dataset.failed);
    const { version, said } = await response.json();
    if (version === null) return end(said);
    kept = typed;
    for (const field of document.querySelectorAll('input[name=version]')) field.value = version;
    tell(said);
  }

  function saveNow() {
    clearTimeout(timer);
    waiting += 1;
    saving = saving
      .then(save)
      .catch(() => tell(told.dataset.failed))
      .finally(() => (waiting -= 1));
    return saving;
  }

  form.addEventListener('input', () => {
    isLeaving = false;
    clearTimeout(timer);
    timer = setTimeout(saveNow, AFTER_MS);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && !isLeaving) void saveNow();
  });
  // Whoever leaves by a form or a link takes along the version that they have made, or the next page would be of an older one.
  const after = (event, leave) => {
    const isOwn = event.target === form;
    clearTimeout(timer);
    if (waiting === 0 && (isOwn || !isTyped())) return (isLeaving = true);
    event.preventDefault();
    event.stopImmediatePropagation();
    void (isOwn ? saving : saveNow()).then(leave);
  };
  document.addEventListener('submit', (event) => after(event, () => event.target.requestSubmit(event.submitter)), true);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]:not([href^="#"])');
    const isHere = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (link && isHere && link.origin === location.origin) after(event, () => location.assign(link.href));
  });
}
