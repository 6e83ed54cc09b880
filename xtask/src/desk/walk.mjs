// Walks through the desk as a person would: a reviewer claims a case and decides it, the lead declares an incident and ends
// it, agrees to a closing that a reviewer proposes, and places a hold; an operator goes back to the pack before and forward again. Every page is looked at for markup of strangers.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import binary from "@sparticuz/chromium";
import { chromium } from "playwright-core";

const desk = process.env.DESK;
const stack = JSON.parse(readFileSync(process.env.STACK, "utf8"));
const hostile = `<img src=x onerror="document.title='pwned'"><script>document.title='pwned'</script>\u202Etxt`;

let passed = 0;
function held(what, holds) {
  if (!holds) throw new Error(`not so: ${what}`);
  passed += 1;
  console.log(`ok ${what}`);
}

// What the platform and the public do, by curl, which signs.
function ask(method, base, path, body, keys) {
  const signed = keys
    ? ["--aws-sigv4", `aws:amz:${stack.region}:execute-api`, "--user", `${keys.access_key_id}:${keys.secret_access_key}`]
    : [];
  const key = ["-H", `idempotency-key: walk-${process.pid}-${Math.random().toString(16).slice(2)}`];
  const data = body ? ["-H", "content-type: application/json", "-d", JSON.stringify(body)] : [];
  const text = execFileSync("curl", ["-s", "-X", method, base + path, ...signed, ...(keys ? key : []), ...data]);
  return JSON.parse(text.toString() || "null");
}

async function until(what, found) {
  for (let tried = 0; tried < 120; tried += 1) {
    const value = await found();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`never: ${what}`);
}

// A resident identity number that no earlier run has used: region, birth date, sequence, check character (GB 11643).
function documentNumber() {
  const digits = `110101199001${String(1 + Math.floor(Math.random() * 28)).padStart(2, "0")}${String(Math.floor(Math.random() * 1000)).padStart(3, "0")}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0);
  return digits + "10X98765432"[sum % 11];
}

function words(count) {
  const letter = () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 5000));
  return Array.from({ length: count }, letter).join("");
}

async function furnish() {
  const { platform, reviewer } = stack.identities;
  const name = `江边的钓鱼人${Date.now().toString(36)}`;
  const account = ask("POST", stack.platform_api, "/v1/accounts", {
    principal: { kind: "individual", document_type: "resident_identity_number", document_number: documentNumber(), name: "张三" },
    display_name: name,
  }, platform);
  const accountId = account.account_id;
  if (!accountId) throw new Error(`no account: ${JSON.stringify(account)}`);
  await until("the account is active", () => ask("GET", stack.platform_api, `/v1/accounts/${accountId}`, null, platform).status === "active");
  const published = ask("POST", stack.platform_api, "/v1/publications", {
    account_id: accountId,
    reference: `walk-${Date.now()}`,
    // In words of its own: what an earlier walk has refused is stopped when it comes again.
    parts: [{ type: "text", text: `长期收购微信号\n${hostile}\n${words(60)}` }],
  }, platform);
  const subject = published.publication_id;
  if (published.status !== "held") throw new Error(`not held: ${JSON.stringify(published)}`);
  const waiting = await until("the case is there", () => {
    // Others may wait before it, on as many pages as they fill.
    for (let cursor = ""; ; ) {
      const page = ask("GET", stack.platform_api, `/v1/cases?${cursor}limit=100&queue=content&state=open`, null, reviewer);
      const found = (page.cases || []).find((one) => one.subject.subject_id === subject);
      if (found || !page.next_cursor) return found;
      cursor = `cursor=${encodeURIComponent(page.next_cursor)}&`;
    }
  });
  return { accountId, caseId: waiting.case_id };
}

// An account that the holder of another complains of, and its case.
async function complainedOf(holder) {
  const { platform, reviewer } = stack.identities;
  const account = ask("POST", stack.platform_api, "/v1/accounts", {
    principal: { kind: "individual", document_type: "resident_identity_number", document_number: documentNumber(), name: "李四" },
    display_name: `返利群主${Date.now().toString(36)}`,
  }, platform);
  const accountId = account.account_id;
  await until("the account is active", () => ask("GET", stack.platform_api, `/v1/accounts/${accountId}`, null, platform).status === "active");
  ask("POST", stack.platform_api, `/v1/accounts/${holder}/complaints`, {
    subject: { subject_type: "account", subject_id: accountId }, reason: "fraud", description: "多次以返利为名诈骗",
  }, platform);
  const waiting = await until("the case is there", () => {
    for (let cursor = ""; ; ) {
      const page = ask("GET", stack.platform_api, `/v1/cases?${cursor}limit=100&queue=default&state=open`, null, reviewer);
      const found = (page.cases || []).find((one) => one.subject.subject_id === accountId);
      if (found || !page.next_cursor) return found;
      cursor = `cursor=${encodeURIComponent(page.next_cursor)}&`;
    }
  });
  return { accountId, caseId: waiting.case_id };
}

async function walk(page) {
  const widget = page.locator("#widget");
  const open = async (who, theme, locale) => {
    await page.goto(`${desk}/?who=${who}&theme=${theme}&locale=${locale}`);
    await settled(1);
  };
  const calls = async () => Number((await widget.getAttribute("data-calls")) || 0);
  const settled = (count) => page.waitForFunction((count) => Number(document.getElementById("widget").dataset.calls || 0) >= count, count);
  const press = async (target) => {
    const before = await calls();
    await target.click();
    const dialog = page.locator("#question[open] #yes");
    if (await dialog.isVisible()) await dialog.click();
    await settled(before + 1);
    held("no page carries a script or a picture of a stranger", (await widget.locator("script, img, iframe").count()) === 0);
  };
  const acts = (name) => widget.locator(`[data-acts="${name}"]`).first();
  const notice = () => widget.locator("#notice").innerText();
  const picture = async (name) => {
    await page.evaluate(() => window.scrollTo(0, 0));
    const whole = await page.locator("main").boundingBox();
    const clip = { x: 0, y: 0, width: 1000, height: Math.min(900, Math.ceil(whole.y + whole.height + 16)) };
    await page.screenshot({ path: join(process.env.PICTURES, `${name}.png`), clip });
  };

  const { accountId, caseId } = await furnish();

  await open("reviewer", "light", "en");
  await widget.locator("select[name=queue]").selectOption("content");
  await press(widget.locator("a", { hasText: /^Show$/ }));
  const ours = widget.getByText(caseId, { exact: true });
  const following = widget.locator("a.btn", { hasText: /^Next page$/ });
  while (!(await ours.isVisible()) && (await following.isVisible())) await press(following);
  held("the case is in its queue", await ours.isVisible());
  await picture("desk-cases");
  await press(widget.getByText(caseId, { exact: true }));
  held("the words that the rule found are marked", (await widget.locator("mark").count()) > 0);
  held("what a stranger wrote ran nowhere", (await page.title()) !== "pwned");
  held("a mark of direction is made visible", (await widget.locator(".odd").first().innerText()) === "U+202E");
  await press(acts("claim"));
  held("the case is claimed", (await notice()).includes("The case is yours."));
  await widget.locator("select[name=action]").selectOption("refuse");
  await widget.locator("select[name=policy]").selectOption("account_trading");
  await widget.locator("textarea[name=reason]").fill("收购账号，违反规则。");
  await press(acts("decide"));
  held("what is missing is named", (await notice()).includes("facts"));
  held("what was written is kept", (await widget.locator("textarea[name=reason]").inputValue()) === "收购账号，违反规则。");
  await widget.locator("textarea[name=facts]").fill("正文收购微信号。");
  await picture("desk-case");
  await press(acts("decide"));
  held("the decision is made", (await notice()).includes("The decision is made."));
  await press(widget.locator("a.btn", { hasText: /^Accounts$/ }));
  await widget.locator("input[name=account_id]").fill(accountId);
  await press(widget.locator("a", { hasText: /^Look up$/ }));
  held("the account is found", (await widget.innerText()).includes("Credit"));

  await open("content_safety_lead", "dark", "zh-cn");
  await press(widget.locator("a.btn", { hasText: /^应急管控$/ }));
  await widget.locator("select[name=measure]").selectOption("hold_label");
  await widget.locator("input[name=label]").fill("media");
  await widget.locator("textarea[name=reason]").fill("演练：突发事件期间先审后发");
  await press(acts("declare_incident"));
  held("the incident lasts", (await widget.innerText()).includes("应急管控生效中"));
  await picture("desk-incident");
  await widget.locator("select[name=measure]").selectOption("none");
  await widget.locator("textarea[name=reason]").fill("演练结束");
  await press(acts("declare_incident"));
  held("the incident is over", (await widget.innerText()).includes("未处于应急管控"));

  // Four eyes: what a reviewer proposes, the lead agrees to.
  const closing = await complainedOf(accountId);
  await open("reviewer", "light", "en");
  const find = async (caseId) => {
    const ours = widget.getByText(caseId, { exact: true });
    const following = widget.locator("a.btn", { hasText: /^(Next page|下一页)$/ });
    while (!(await ours.isVisible()) && (await following.isVisible())) await press(following);
    await press(ours);
  };
  await find(closing.caseId);
  await press(acts("claim"));
  await widget.locator("select[name=action]").selectOption("close");
  await widget.locator("select[name=policy]").selectOption("fraud");
  await widget.locator("textarea[name=reason]").fill("多次诈骗，处置后再犯。");
  await widget.locator("textarea[name=facts]").fill("三次暂停更新后仍发布返利广告。");
  await press(acts("decide"));
  held("the step waits for the lead", (await widget.innerText()).includes("It waits for the content safety lead."));
  held("a reviewer cannot agree to it", (await widget.locator('[data-acts="approve"]').count()) === 0);
  await open("content_safety_lead", "light", "zh-cn");
  await widget.locator("select[name=state]").selectOption("awaiting_approval");
  await press(widget.locator("a", { hasText: /^查看$/ }));
  await find(closing.caseId);
  held("the lead sees what is proposed", (await widget.innerText()).includes("待第二人批准的重大处置"));
  await picture("desk-four-eyes");
  await press(acts("approve"));
  held("the step is agreed to", (await notice()).includes("已批准"));
  await until("the account is closed", () => ask("POST", stack.platform_api, "/v1/publications", {
    account_id: closing.accountId, reference: `closed-${Date.now()}`, parts: [{ type: "text", text: "明天有雨" }],
  }, stack.identities.platform).code === "account_closed_by_decision");
  held("the account is closed", true);

  // A hold, which its maker cannot release.
  await press(widget.locator("a.btn", { hasText: /^依法保留$/ }));
  await widget.locator("input[name=held]").fill(closing.accountId);
  await widget.locator("input[name=legal_basis]").fill("（2026）调证字第 88 号");
  await widget.locator("textarea[name=reason]").fill("协助调查");
  await press(acts("place_hold"));
  held("the hold is in force", (await notice()).includes("依法保留已生效"));
  await picture("desk-holds");
  await widget.locator("textarea[name=reason]").fill("调查结束");
  await press(widget.locator("tr", { hasText: closing.accountId }).locator('[data-acts="release_hold"]').first());
  held("nobody releases a hold of their own", (await widget.locator("#notice.bad").count()) === 1);

  // An evidence package that the record officer orders, and the second word on it.
  const ordered = ask("POST", stack.platform_api, "/v1/evidence-packages", {
    scope: { type: "subject", subject_type: "account", subject_id: closing.accountId },
    from: new Date(Date.now() - 3600_000).toISOString(), until: new Date(Date.now() + 3600_000).toISOString(),
    legal_basis: `（2026）调证字第 89 号 ${hostile}`, reason: "协助调查",
  }, stack.identities.record_officer);
  if (!ordered.package_id) throw new Error(`no package: ${JSON.stringify(ordered)}`);
  await press(widget.locator("a.btn", { hasText: /^证据包$/ }));
  const order = widget.locator("tr", { hasText: ordered.package_id });
  held("the order waits for the lead", (await order.innerText()).includes("待批准"));
  await picture("desk-packages");
  await press(order.locator('[data-acts="approve_package"]'));
  held("the package is approved", (await notice()).includes("证据包已批准"));
  await until("the package is ready", () =>
    ask("GET", stack.platform_api, `/v1/evidence-packages/${ordered.package_id}`, null, stack.identities.record_officer).state === "ready");
  await press(widget.locator("a.btn", { hasText: /^证据包$/ }));
  held("what was built is told", (await order.innerText()).includes("SHA-256"));

  // What waits, in numbers and pictures, in both themes.
  await press(widget.locator("a.btn", { hasText: /^概况$/ }));
  held("each queue has its bar", (await widget.locator("svg.plot").count()) > 6);
  await picture("desk-workload");
  await open("operator", "dark", "en");
  await press(widget.locator("a.btn", { hasText: /^Workload$/ }));
  held("the breakers are told", (await widget.innerText()).includes("Circuit breakers of automatic measures"));
  held("operators are led to no cases", (await widget.locator("td a").count()) === 0);

  await open("operator", "light", "en");
  await press(widget.locator("a.btn", { hasText: /^Rule packs$/ }));
  const inForce = async () => (await widget.locator("h3").first().innerText()).trim();
  const before = await inForce();
  await widget.locator("textarea[name=reason]").fill("Drill: back to the pack before");
  await press(acts("activate_rule_pack"));
  held("another pack is in force", (await notice()).includes("The rule pack is in force") && (await inForce()) !== before);
  await picture("desk-rule-packs");
  const version = before.match(/\d+$/) ? before.match(/\d+$/)[0] : "0";
  await widget.locator("textarea[name=reason]").fill("Drill over");
  await press(widget.locator("tr", { has: page.locator(`td:first-child:text-is("${version}")`) }).locator('[data-acts="activate_rule_pack"]'));
  held("the pack before is in force again", (await inForce()) === before);
  await press(widget.locator("a.btn", { hasText: /^Dead letters$/ }));
  held("an operator sees the dead letters", (await widget.innerText()).includes("registration-verifier"));
  await press(widget.locator("a.btn", { hasText: /^Record$/ }));
  held("an operator sees how far the record is sealed", (await widget.innerText()).includes("Sealed up to"));
  held("an operator sees no cases", (await widget.locator("a.btn", { hasText: /^Cases$/ }).count()) === 0);
}

const fonts = join(dirname(fileURLToPath(import.meta.url)), "node_modules/@fontsource/noto-sans-sc");
const browser = await chromium.launch({ executablePath: await binary.executablePath(), args: binary.args, headless: true });
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  // The font that Chinese is written in, where the machine has none.
  await page.route("**/fonts/**", (route) => {
    const path = new URL(route.request().url()).pathname.replace("/fonts/", "");
    return route.fulfill({ path: join(fonts, path) });
  });
  await page.addInitScript(() => {
    document.addEventListener("DOMContentLoaded", () => {
      for (const weight of ["400", "700"]) {
        const link = document.createElement("link");
        link.rel = "stylesheet";
        link.href = `/fonts/${weight}.css`;
        document.head.append(link);
      }
    });
  });
  page.setDefaultTimeout(30000);
  await walk(page);
} finally {
  await browser.close();
}
console.log(`${passed} passed, 0 failed`);
