// The public's page in a real browser: a complaint is made at the size of a telephone and of a desk, with and without a
// script, looked up, given evidence and read again. Every page is held to axe-core, and to asking nobody else for anything.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

import binary from "@sparticuz/chromium";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const stack = JSON.parse(readFileSync(process.env.STACK, "utf8"));
const page_url = `${stack.public_api}/report`;
const fonts = `${process.cwd()}/node_modules/@fontsource/noto-sans-sc`;
const hostile = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>\u202Etxt`;

let passed = 0;
function held(what, holds) {
  if (!holds) throw new Error(`not so: ${what}`);
  passed += 1;
  console.log(`ok ${what}`);
}

function ask(method, path, body) {
  const keys = stack.identities.platform;
  const signed = ["--aws-sigv4", `aws:amz:${stack.region}:execute-api`, "--user", `${keys.access_key_id}:${keys.secret_access_key}`];
  const data = body ? ["-H", "content-type: application/json", "-d", JSON.stringify(body)] : [];
  const key = ["-H", `idempotency-key: page-${process.pid}-${Math.random().toString(16).slice(2)}`];
  return JSON.parse(execFileSync("curl", ["-s", "-X", method, stack.platform_api + path, ...signed, ...key, ...data]).toString() || "null");
}

function documentNumber() {
  const digits = `110101199001${String(1 + Math.floor(Math.random() * 28)).padStart(2, "0")}${String(Math.floor(Math.random() * 1000)).padStart(3, "0")}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return digits + "10X98765432"[weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11];
}

const account = ask("POST", "/v1/accounts", {
  principal: { kind: "individual", document_type: "resident_identity_number", document_number: documentNumber(), name: "张三" },
  display_name: `被举报的人${Date.now().toString(36)}`,
});
if (!account.account_id) throw new Error(`no account: ${JSON.stringify(account)}`);

// Of the arguments for a function of a cloud, not those by which one visitor who leaves takes the browser along, or by which
// the browser looks away where a page asks somebody else.
const unlike = ["--single-process", "--no-zygote", "--in-process-gpu", "--disable-web-security"];
const args = binary.args.filter((argument) => !unlike.includes(argument));
const browser = await chromium.launch({ executablePath: await binary.executablePath(), args, headless: true });

async function visitor(options) {
  // From an address of their own: the stack gives an address so many tickets in an hour.
  const address = `10.${[0, 0, 0].map(() => Math.floor(Math.random() * 256)).join(".")}`;
  const context = await browser.newContext({ locale: "zh-CN", extraHTTPHeaders: { "x-forwarded-for": address }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const ours = new Set([new URL(page_url).host]);
  page.strangers = [];
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!ours.has(url.host) && url.protocol.startsWith("http")) page.strangers.push(url.href);
  });
  page.on("console", (message) => { if (message.type() === "error" && message.text().includes("Content Security Policy")) page.strangers.push(message.text()); });
  return page;
}

async function accessible(page, what) {
  // By the browser's own door: the page's policy lets no other script in.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((it) => ["serious", "critical"].includes(it.impact));
  for (const it of serious) console.error(it.id, it.help, it.nodes.map((node) => node.html).join("\n"));
  held(`${what}: axe-core finds nothing serious (${violations.length} minor)`, serious.length === 0);
  const { wide, narrow } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, narrow: innerWidth }));
  held(`${what}: nothing runs out of the screen`, wide <= narrow);
  held(`${what}: asks nobody else for anything`, page.strangers.length === 0);
  await page.screenshot({ path: `${process.env.FOLDER}/${what.replaceAll(/[ ,]+/g, "-")}.png`, fullPage: true });
}

async function complain(page, what, wait) {
  await page.goto(page_url);
  await accessible(page, `${what}, the form`);
  await page.fill("#about", `https://platform.example/accounts/${account.account_id}?from=share`);
  await page.selectOption("#reason", "fraud");
  await page.fill("#description", `${hostile} ${what}`);
  await wait(page);
  await page.click("#report button[type=submit]");
  await page.waitForSelector("#receipt");
  const receipt = await page.textContent("#receipt");
  held(`${what}: a receipt with check digits`, /^R[0-9A-Z]{4}(-[0-9A-Z]{1,5})+$/.test(receipt));
  await accessible(page, `${what}, the receipt`);
  await page.click("form button[type=submit]");
  await page.waitForSelector("#state");
  held(`${what}: the receipt is looked up`, ["received", "under_review"].includes(await page.getAttribute("#state", "data-state")));
  await accessible(page, `${what}, the status`);
  held(`${what}: what strangers write does nothing`, !(await page.title()).includes("pwned"));
  return receipt;
}

// The pictures of the documentation, in the font that Chinese is written in, which the page's policy would not let in.
async function pictures(folder) {
  const page = await visitor({ viewport: { width: 400, height: 740 }, deviceScaleFactor: 2, bypassCSP: true });
  await page.route("**/fonts/**", (route) => route.fulfill({ path: new URL(route.request().url()).pathname.replace("/fonts/", `${fonts}/`) }));
  const picture = async (name) => {
    for (const weight of ["400", "700"]) await page.addStyleTag({ url: new URL(`/fonts/${weight}.css`, page_url).href });
    await page.addStyleTag({ content: `body { font-family: "Noto Sans SC", sans-serif; }` });
    await page.evaluate(() => { document.activeElement.blur(); return document.fonts.ready; });
    await page.screenshot({ path: `${folder}/${name}.png` });
  };
  await page.goto(page_url);
  await page.fill("#about", `https://platform.example/accounts/${account.account_id}`);
  await page.selectOption("#reason", "fraud");
  await page.fill("#description", "冒充客服，骗取验证码。");
  await solved(page);
  await picture("report-form");
  await page.click("#report button[type=submit]");
  await page.waitForSelector("output#receipt");
  await picture("report-receipt");
}

const solved = async (page) => { await page.waitForFunction(() => document.querySelector("input[name=altcha]").value !== ""); };
const waited = async (page) => { await page.waitForTimeout(21_000); };

// A telephone, by hand.
const phone = await visitor({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
await complain(phone, "telephone", solved);
await phone.selectOption("#announce", "image/png");
await phone.click("form[action^=evidence] button");
await phone.waitForSelector("input[type=file]");
const shot = `${process.env.FOLDER}/shot.png`;
writeFileSync(shot, Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"));
await phone.setInputFiles("input[type=file]", shot);
const sent = phone.waitForResponse((response) => response.request().method() === "POST");
await phone.click("form[enctype] button");
held("telephone: the store takes the file", (await sent).status() < 300);
await phone.click("form[action^=evidence] button");
await phone.waitForFunction(() => document.querySelector("dl").textContent.includes("1 / 1"));
held("telephone: the file is kept with the complaint", (await phone.locator("input[type=file]").count()) === 0);
await phone.context().close();

// A desk, by keyboard alone, in English.
const desk = await visitor({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
await desk.goto(page_url);
held("desk: English by the browser's wish", (await desk.getAttribute("html", "lang")) === "en");
await desk.keyboard.press("Tab");
held("desk: the first stop skips to the content", (await desk.evaluate(() => document.activeElement.className)) === "skip");
await complain(desk, "desk", solved);
await desk.goto(`${page_url}/status`);
await desk.fill("#receipt", "R0000-00000-00000-00000-00000-1");
await desk.click("form button[type=submit]");
await desk.waitForSelector("#problem");
await accessible(desk, "desk, a receipt of nobody");
await desk.context().close();

// Without a script: the ticket waits.
const plain = await visitor({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
await plain.goto(page_url);
await plain.fill("#about", "https://platform.example.evil.example/x");
await plain.selectOption("#reason", "spam");
await plain.fill("#description", "没有脚本");
await plain.click("#report button[type=submit]");
held("without a script: too soon is said, and nothing is lost", (await plain.inputValue("#description")) === "没有脚本");
await waited(plain);
await plain.click("#report button[type=submit]");
held("without a script: a forged link is refused with words", (await plain.textContent("#problem")).includes("链接"));
await plain.fill("#about", account.account_id);
await waited(plain);
await plain.click("#report button[type=submit]");
held("without a script: a receipt", (await plain.textContent("#receipt")).startsWith("R"));

if (process.env.PICTURES) await pictures(process.env.PICTURES);
await browser.close();
console.log(`${passed} passed, 0 failed`);
