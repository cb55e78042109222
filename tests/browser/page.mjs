// A page as a test uses it. Whatever acts waits first: for the element to be there, to be seen, to stand still, and to be
// what a click at its middle would reach. Every console message, error, dialog and request is recorded in `noise`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Browser } from './devtools.mjs';

// What does not happen for so many ms is a failure, when it was asked for so often as well: a page on a busy machine may
// need a while for one answer.
const PATIENCE = 20000, ASKED = 200;
const sleep = ms => new Promise(done => setTimeout(done, ms));

export const sample = (name, fragment = '') =>
  pathToFileURL(join(process.env.PLUMBLINE_SAMPLES, `${name}.html`)).href + fragment;

const browser = new Browser(process.env.CHROMIUM);
const downloads = mkdtempSync(join(tmpdir(), 'plumbline-downloads-'));
after(async () => {
  await browser.close();
  rmSync(downloads, { recursive: true });
});

// Asks until the answer is true; `what` says what for.
async function until(what, ask) {
  const end = Date.now() + PATIENCE;
  for (let asked = 0; asked < ASKED || Date.now() < end; asked++) {
    const answer = await ask();
    if (answer) return answer;
    await sleep(15);
  }
  throw new Error(`waited in vain for ${what}`);
}

// What elements a chain of steps leads to; runs in the page.
function find(steps) {
  let found = [document];
  for (const step of steps) {
    found = typeof step === 'number' ? found.slice(step, step + 1)
      : [...new Set(found.flatMap(element => [...element.querySelectorAll(step)]))];
  }
  return found;
}

function seen(element) {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true });
}

// The point to click, when it is in view and nothing lies over it; runs in the page.
function target(element) {
  const middle = () => {
    const box = [...element.getClientRects()].find(one => one.width && one.height);
    return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const hit = point => point && element.contains(document.elementFromPoint(point.x, point.y));
  if (!hit(middle())) element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  return hit(middle()) ? middle() : null;
}

class Locator {
  constructor(page, steps) { Object.assign(this, { page, steps }); }

  locator(selector) { return new Locator(this.page, [...this.steps, selector]); }
  nth(index) { return new Locator(this.page, [...this.steps, index]); }
  first() { return this.nth(0); }

  // The answer of a function of all elements, as they are now.
  all(act, ...args) {
    return this.page.run(`(${act})((${find})(${JSON.stringify(this.steps)}), ...${JSON.stringify(args)})`);
  }

  count() { return this.all(found => found.length); }
  allTextContents() { return this.all(found => found.map(element => element.textContent)); }
  isVisible() { return this.page.run(`(${find})(${JSON.stringify(this.steps)}).some(${seen})`); }

  // The one element there is; a second one is a mistake of the test.
  async there() {
    const count = await until(this.steps.join(' '), () => this.count());
    if (count > 1) throw new Error(`${this.steps.join(' ')}: ${count} elements`);
  }

  async evaluate(act, ...args) {
    await this.there();
    return this.page.run(`(${act})((${find})(${JSON.stringify(this.steps)})[0], ...${JSON.stringify(args)})`);
  }

  textContent() { return this.evaluate(element => element.textContent); }
  inputValue() { return this.evaluate(element => element.value); }
  getAttribute(name) { return this.evaluate((element, wanted) => element.getAttribute(wanted), name); }
  boundingBox() {
    return this.evaluate(element => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    });
  }

  waitVisible() { return until(`${this.steps.join(' ')} to be seen`, () => this.isVisible()); }

  async click() {
    let before = '';
    const point = await until(`a click on ${this.steps.join(' ')}`, async () => {
      const at = await this.evaluate(target);
      const still = at && JSON.stringify(at) === before;
      before = JSON.stringify(at);
      return still && at;
    });
    const mouse = (type, more) => this.page.send('Input.dispatchMouseEvent', { type, ...point, ...more });
    await mouse('mouseMoved');
    await mouse('mousePressed', { button: 'left', buttons: 1, clickCount: 1 });
    await mouse('mouseReleased', { button: 'left', clickCount: 1 });
  }

  async fill(text) {
    await this.evaluate(element => { element.focus(); element.select(); });
    if (text) await this.page.send('Input.insertText', { text });
    else await this.page.press('Backspace');
  }

  selectOption(value) {
    return this.evaluate((element, wanted) => {
      element.value = wanted;
      for (const name of ['input', 'change']) element.dispatchEvent(new Event(name, { bubbles: true }));
    }, value);
  }
}

const KEYS = { Tab: [9, ''], Backspace: [8, ''], '/': [191, '/'] };

class Page {
  constructor(session, context) { Object.assign(this, { session, context, noise: [] }); }

  send(method, params) { return browser.send(method, params, this.session); }
  on(method, act) { browser.on(`${this.session} ${method}`, act); }
  locator(selector) { return new Locator(this, [selector]); }

  // The value of an expression, a promise's too, in the page.
  async run(expression) {
    const { result, exceptionDetails: wrong } = await this.send('Runtime.evaluate',
      { expression, awaitPromise: true, returnByValue: true, userGesture: true });
    if (wrong) throw new Error(wrong.exception?.description || wrong.text);
    return result.value;
  }

  evaluate(act, ...args) {
    return this.run(typeof act === 'string' ? act : `(${act})(...${JSON.stringify(args)})`);
  }

  wait(act, ...args) { return until(act, () => this.evaluate(act, ...args)); }

  // Until the document that this leads to is loaded: its own load event, not one of the document before.
  async arrive(method, params) {
    const before = this.loaded;
    const { errorText, loaderId } = await this.send(method, params);
    if (errorText) throw new Error(`${JSON.stringify(params)}: ${errorText}`);
    while (loaderId ? this.loaded !== loaderId : this.loaded === before)
      await new Promise(done => browser.once(`${this.session} Page.lifecycleEvent`, done));
  }

  goto(url) { return this.arrive('Page.navigate', { url }); }
  reload() { return this.arrive('Page.reload', {}); }

  // Where the page stands when it gave the same answer for a while: by its own turns, which a busy machine makes longer.
  async settled() {
    let before, same = 0;
    return until('the page to stand still', async () => {
      const now = await this.run('scrollX + " " + scrollY + " " + document.documentElement.scrollHeight');
      same = now === before ? same + 1 : 0;
      before = now;
      return same > 20 && now;
    });
  }

  // Milliseconds that the page's own thread has worked, whatever else the machine has to do.
  async worked() {
    const { metrics } = await this.send('Performance.getMetrics');
    return metrics.find(metric => metric.name === 'TaskDuration').value * 1000;
  }

  emulateMedia({ media = '', colorScheme = '', reducedMotion = '' }) {
    return this.send('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: colorScheme },
      { name: 'prefers-reduced-motion', value: reducedMotion }] });
  }

  async press(key) {
    const [windowsVirtualKeyCode, text] = KEYS[key] || [0, key];
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, windowsVirtualKeyCode, text });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode });
  }

  async type(text) { for (const key of text) await this.press(key); }

  // [name, text] of the file that `act` has saved.
  async download(act) {
    const begun = new Promise(done => browser.once(' Browser.downloadWillBegin', done));
    await act();
    const { guid, suggestedFilename } = await begun;
    const text = await until(`${suggestedFilename} to be saved`, () => this.saved.has(guid) && readFileSync(join(downloads, guid), 'utf8'));
    return [suggestedFilename, text];
  }

  async pdf() {
    const { data } = await this.send('Page.printToPDF', { preferCSSPageSize: true, paperWidth: 8.27, paperHeight: 11.7, marginTop: 0, marginBottom: 0, marginLeft: 0, marginRight: 0 });
    return Buffer.from(data, 'base64').toString('latin1');
  }

  close() { return browser.send('Target.disposeBrowserContext', { browserContextId: this.context }); }
}

function listen(page) {
  const { noise } = page;
  page.on('Runtime.consoleAPICalled', ({ args }) => noise.push(`console: ${args.map(a => a.value ?? a.description).join(' ')}`));
  page.on('Log.entryAdded', ({ entry }) => noise.push(`console: ${entry.text}`));
  page.on('Runtime.exceptionThrown', ({ exceptionDetails: e }) => noise.push(`error: ${e.exception?.description || e.text}`));
  page.on('Page.javascriptDialogOpening', ({ message }) => {
    noise.push(`dialog: ${message}`);
    page.send('Page.handleJavaScriptDialog', { accept: false });
  });
  page.on('Network.requestWillBeSent', ({ request }) => {
    if (!/^(file|data|blob):/.test(request.url)) noise.push(`request: ${request.url}`);
  });
  page.on('Page.lifecycleEvent', ({ name, loaderId }) => { if (name === 'load') page.loaded = loaderId; });
  page.saved = new Set();
  browser.on(' Browser.downloadProgress', ({ guid, state }) => { if (state === 'completed') page.saved.add(guid); });
}

// A page in a context of its own, at `url`.
export async function open(url, { viewport = { width: 1280, height: 800 }, javaScriptEnabled = true, bypassCSP = false,
  permissions = [], ...media } = {}) {
  const { browserContextId } = await browser.send('Target.createBrowserContext');
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const page = new Page(sessionId, browserContextId);
  listen(page);
  for (const domain of ['Page', 'Runtime', 'Network', 'Log']) await page.send(`${domain}.enable`);
  await page.send('Page.setLifecycleEventsEnabled', { enabled: true });
  await page.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.send('Emulation.setDeviceMetricsOverride', { ...viewport, deviceScaleFactor: 1, mobile: false });
  await page.send('Emulation.setFocusEmulationEnabled', { enabled: true });
  await page.send('Emulation.setScriptExecutionDisabled', { value: !javaScriptEnabled });
  await page.send('Page.setBypassCSP', { enabled: bypassCSP });
  await page.emulateMedia(media);
  if (permissions.length) await browser.send('Browser.grantPermissions', { permissions, browserContextId });
  await browser.send('Browser.setDownloadBehavior',
    { behavior: 'allowAndName', browserContextId, downloadPath: downloads, eventsEnabled: true });
  await page.goto(url);
  return page;
}

export const visibleRules = page => page.evaluate(() => [...document.querySelectorAll('.rule:not([hidden])')]
  .filter(r => !r.closest('.group[hidden]')).map(r => r.id.slice(2)));
