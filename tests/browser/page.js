// One browser for a test file, with every console message, page error and network request of a page recorded.
import { join } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const sample = (name, fragment = '') =>
  pathToFileURL(join(process.env.PLUMBLINE_SAMPLES, `${name}.html`)).href + fragment;

// Playwright gives the browser an empty profile of its own.
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: FLAGS });
after(() => browser.close());

// A context of its own; `noise` must stay empty.
export async function open(url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const noise = [];
  context.on('console', message => noise.push(`console: ${message.text()}`));
  context.on('weberror', error => noise.push(`error: ${error.error().message}`));
  context.on('dialog', dialog => { noise.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  context.on('request', request => {
    if (!/^(file|data|blob):/.test(request.url())) noise.push(`request: ${request.url()}`);
  });
  const page = await context.newPage();
  await page.goto(url);
  return { page, noise, close: () => context.close() };
}

export const visibleRules = page => page.evaluate(() => [...document.querySelectorAll('.rule:not([hidden])')]
  .filter(r => !r.closest('.group[hidden]')).map(r => r.id.slice(2)));
