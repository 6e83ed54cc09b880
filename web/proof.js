// Solves the page's challenge (ALTCHA, version 1) while the form is filled in. Nothing else runs here: without it the form is
// sent with its ticket, which has to be some seconds old.
"use strict";
(async () => {
  const script = document.currentScript || document.querySelector("script[data-working]");
  const field = document.querySelector("input[name=altcha]");
  const state = document.getElementById("work-state");
  if (!field || !window.crypto || !crypto.subtle) return;
  const say = (text) => { state.textContent = text; };
  const { challenge, salt, maxnumber, algorithm, signature } = JSON.parse(field.dataset.challenge);
  const bytes = new TextEncoder();
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const hash = async (number) => hex(await crypto.subtle.digest(algorithm, bytes.encode(salt + number)));
  say(script.dataset.working);
  // Many at once, so that the page stays at hand while it works.
  const AT_ONCE = 256;
  for (let first = 0; first <= maxnumber; first += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, maxnumber - first + 1) }, (_, at) => first + at);
    const found = (await Promise.all(numbers.map(hash))).indexOf(challenge);
    if (found >= 0) {
      const solution = { algorithm, challenge, number: numbers[found], salt, signature };
      field.value = btoa(JSON.stringify(solution));
      say(script.dataset.ready);
      return;
    }
  }
})();
