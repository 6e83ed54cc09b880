// Plays the console's part for a custom widget: calls the function, shows its page, sends what its forms say, asks what a
// button wants asked. The page around it allows no script but this one, as the console allows none.
"use strict";

const asked = new URLSearchParams(location.search);
const by = (id) => document.getElementById(id);
const widget = by("widget");

async function call(said) {
  const forms = {};
  for (const field of widget.querySelectorAll("[name]")) forms[field.name] = field.value;
  const event = {
    ...said,
    widgetContext: {
      dashboardName: "gatehouse-local-desk",
      widgetId: "widget-1",
      domain: location.origin,
      accountId: "000000000000",
      locale: by("locale").value,
      timezone: { label: "Local", offsetISO: "+08:00", offsetInMinutes: -480 },
      period: 300,
      isAutoPeriod: true,
      timeRange: { mode: "relative", start: 0, end: 0, relativeStart: 10800000 },
      theme: by("theme").value,
      linkCharts: true,
      title: "Gatehouse",
      params: {},
      forms: { all: forms },
      width: widget.clientWidth,
      height: widget.clientHeight,
    },
  };
  by("busy").classList.add("on");
  try {
    const answer = await fetch("/call", {
      method: "POST",
      headers: { "content-type": "application/json", "x-desk": "local" },
      body: JSON.stringify({ who: by("who").value, event }),
    });
    show(await answer.json());
  } finally {
    by("busy").classList.remove("on");
    widget.dataset.calls = String(Number(widget.dataset.calls || 0) + 1);
  }
}

function show(answer) {
  document.body.className = by("theme").value;
  if (typeof answer !== "string") {
    widget.textContent = JSON.stringify(answer, null, 2);
    return;
  }
  widget.innerHTML = answer;
  for (const action of widget.querySelectorAll("cwdb-action")) {
    const target = action.previousElementSibling;
    const said = JSON.parse(action.textContent);
    target.dataset.acts = said.act || said.screen;
    target.addEventListener("click", async () => {
      const question = action.getAttribute("confirmation");
      if (!question || (await agreed(question))) await call(said);
    });
  }
}

function agreed(question) {
  const dialog = by("question");
  dialog.querySelector("p").textContent = question;
  dialog.showModal();
  return new Promise((resolve) => {
    const answered = (answer) => () => {
      dialog.close();
      resolve(answer);
    };
    by("yes").onclick = answered(true);
    by("no").onclick = answered(false);
  });
}

async function begin() {
  const people = await (await fetch("/people")).json();
  for (const name of people) by("who").add(new Option(name, name));
  for (const name of ["who", "theme", "locale"]) {
    if (asked.has(name)) by(name).value = asked.get(name);
    by(name).addEventListener("change", () => call({}));
  }
  await call({});
}

begin();
