// Chromium over the pipe of its DevTools protocol: starts it, sends it messages, hands on what it tells. No package of
// npm's is needed for that. https://chromedevtools.github.io/devtools-protocol/ has the messages.
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
  '--disable-dev-shm-usage', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding', '--hide-scrollbars', '--mute-audio', '--remote-debugging-pipe'];

// Emits 'SESSION METHOD' with the parameters of every event; the session of the browser itself is ''.
export class Browser extends EventEmitter {
  #last = 0;
  #waiting = new Map();

  constructor(program) {
    super();
    this.setMaxListeners(0);
    this.profile = mkdtempSync(join(tmpdir(), 'plumbline-browser-'));
    this.child = spawn(program, [...FLAGS, `--user-data-dir=${this.profile}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
    let said = '', rest = '';
    this.child.stderr.on('data', text => { said = (said + text).slice(-2000); });
    this.child.stdio[4].setEncoding('utf8').on('data', text => {
      const messages = (rest + text).split('\0');
      rest = messages.pop();
      messages.forEach(message => this.#take(JSON.parse(message)));
    });
    const end = why => {
      this.#waiting.forEach(({ refuse }) => refuse(new Error(`${program} is gone: ${why}\n${said}`)));
      this.#waiting.clear();
      this.dead = true;
    };
    this.child.on('error', error => end(error.message));
    this.child.on('exit', (code, signal) => end(signal || `exit ${code}`));
    this.child.stdio[3].on('error', () => {}); // told by exit
  }

  #take({ id, result, error, method, params, sessionId = '' }) {
    if (method) this.emit(`${sessionId} ${method}`, params);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error) waiting?.refuse(new Error(`${waiting.method}: ${error.message}`));
    else waiting?.done(result);
  }

  send(method, params = {}, sessionId = undefined) {
    if (this.dead) return Promise.reject(new Error(`${method}: the browser is gone`));
    const id = ++this.#last;
    return new Promise((done, refuse) => {
      this.#waiting.set(id, { done, refuse, method });
      this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    });
  }

  async close() {
    const gone = new Promise(done => (this.dead ? done() : this.child.once('exit', done)));
    await this.send('Browser.close').catch(() => this.child.kill('SIGKILL'));
    await gone;
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
