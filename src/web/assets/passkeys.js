// What a browser does with a passkey: it asks what is to be signed, has it signed, and sends the form with it. The words are the
// page's; without JavaScript the form comes without an answer, and the page says so.

const ask = {
  create: async (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: async (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

/** Says what went wrong, by the name of the error: where the page has no words for it, that it did not work. */
function tell(form, name) {
  const words = form.querySelector(`[data-of="${CSS.escape(name)}"]`) ?? form.querySelector('[data-of="Error"]');
  form.querySelector('[data-told]').textContent = words.textContent;
}

async function answerOf(form) {
  // An older browser has neither, or no way to read what we send.
  if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON === undefined) throw { name: 'NotSupportedError' };
  const response = await fetch(form.dataset.options, { headers: { accept: 'application/json' } });
  if (!response.ok) throw { name: 'NetworkError' };
  return JSON.stringify(await ask[form.dataset.passkey](await response.json()));
}

async function send(form) {
  form.querySelector('[data-told]').textContent = '';
  try {
    form.querySelector('[data-answer]').value = await answerOf(form);
    form.submit();
  } catch (error) {
    tell(form, String(error?.name));
  }
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  let isAsking = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // A browser refuses a second question, and would end the first with it.
    if (isAsking) return;
    isAsking = true;
    void send(form).finally(() => (isAsking = false));
  });
}
