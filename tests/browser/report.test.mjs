import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { open, sample, visibleRules } from './page.mjs';

const axe = readFileSync(new URL('axe.min.js', import.meta.url), 'utf8');

// Milliseconds of work of the page's own thread.
const CEILING = 5000;

// Runs `act` on a page and demands that nothing was logged, asked, or requested.
function on(name, url, options, act) {
  test(name, async () => {
    const page = await open(url, options);
    try {
      await act(page);
      assert.deepEqual(page.noise, []);
    } finally {
      await page.close();
    }
  });
}

// How much of it `act` takes.
async function work(page, act, ...args) {
  const before = await page.worked();
  await page.evaluate(act, ...args);
  return await page.worked() - before;
}

const chip = (page, facet, value) => page.locator(`.chip[data-facet=${facet}][data-value=${value}]`);
const chipCount = async (page, facet, value) => Number(await chip(page, facet, value).locator('.n').textContent());

on('the first screen holds severities, score, layers, verdict, coverage and five fixes', sample('sample'), {}, async page => {
  for (const selector of ['h1', '.counts li:nth-child(4)', '.ring.big', '.verdict', '.coverage', '.legend', '.layers li:nth-child(4)', '.first li:nth-child(5)']) {
    const box = await page.locator(selector).first().boundingBox();
    assert.ok(box && box.y >= 0 && box.y + box.height <= 800 && box.x + box.width <= 1280, `${selector}: ${JSON.stringify(box)}`);
  }
  assert.equal(await page.locator('.first li').count(), 5);
  assert.match(await page.locator('.ring.big').getAttribute('aria-label'), /score 24 of 100, not graded/);
});

on('chips filter, their counts follow, the fragment holds the state', sample('sample', '#all'), {}, async page => {
  assert.equal((await visibleRules(page)).length, 24);
  assert.equal(await chipCount(page, 'verdict', 'fail'), 8);
  await chip(page, 'verdict', 'fail').click();
  assert.equal((await visibleRules(page)).length, 8);
  assert.equal(await chip(page, 'verdict', 'fail').getAttribute('aria-pressed'), 'true');
  assert.equal(await chipCount(page, 'layer', 'container'), 4);
  assert.equal(await chipCount(page, 'verdict', 'pass'), 6, 'a facet counts what its other values would add');
  await chip(page, 'layer', 'container').click();
  assert.deepEqual(await visibleRules(page),
    ['docker-icc-off', 'container-not-privileged', 'container-read-only-root', 'container-host-network']);
  assert.equal(await page.evaluate(() => location.hash), '#verdict=fail&layer=container');
  assert.equal(await page.locator('#count').textContent(), '4 of 24 rules');
  await chip(page, 'verdict', 'waived').click();
  assert.equal((await visibleRules(page)).length, 5);
  await page.locator('#reset').click();
  assert.equal((await visibleRules(page)).length, 24);
});

on('a fragment opens the same view', sample('sample', '#verdict=fail&severity=high&group=severity&q=host'), {}, async page => {
  assert.deepEqual(await visibleRules(page), ['container-host-network']);
  assert.equal(await page.locator('#q').inputValue(), 'host');
  assert.equal(await page.locator('#group').inputValue(), 'severity');
  assert.equal(await page.locator('.group:not([hidden]) > summary .h').textContent(), 'High');
});

on('at first what has to be done something about, worst first', sample('sample'), {}, async page => {
  const states = await page.locator('.rule:not([hidden])').all(found => found.map(el => el.dataset.verdict));
  assert.equal(states.filter(state => state === 'fail').length, 8);
  assert.ok(states.every(state => ['fail', 'error', 'unknown', 'notchecked'].includes(state)), states.join());
  assert.equal(await page.locator('#group').inputValue(), 'severity');
  const first = page.locator('.group:not([hidden]) .rule:not([hidden])').first();
  assert.equal(await first.getAttribute('data-severity'), 'critical');
  assert.equal(await first.getAttribute('data-verdict'), 'fail');
  await page.locator('.counts a').first().click();
  await page.wait(() => location.hash === '#verdict=fail&severity=critical' && document.querySelector('#count').textContent.startsWith('1 of'));
  assert.deepEqual(await visibleRules(page), ['container-not-privileged']);
  await page.locator('#reset').click();
  assert.equal((await visibleRules(page)).length, 24);
  assert.equal(await page.evaluate(() => location.hash), '#all');
});

on('what passes is made of the data when it is opened', sample('sample', '#all'), {}, async page => {
  const rule = page.locator('.rule.pass');
  assert.equal(await rule.locator('.body').count(), 0);
  await rule.first().locator('summary').click();
  await page.wait(() => document.querySelector('.rule.pass .body'));
  assert.ok(await page.locator('.rule.pass .evidence').first().isVisible());
  assert.ok(await page.evaluate(() => document.querySelector('.rule.pass .body').textContent.includes('Why it matters')));
});

on('a page of two thousand rules is of a size that is mailed', sample('large'), {}, async page => {
  const bytes = readFileSync(join(process.env.PLUMBLINE_SAMPLES, 'large.html')).length;
  assert.ok(bytes <= 2.5e6, `${bytes} bytes`);
});

on('strange fragments do no harm', sample('sample', '#group=constructor&severity=%E0%A4%A&verdict=<b>&q=%3Cimg%20src=x%3E'), {}, async page => {
  assert.equal((await visibleRules(page)).length, 0);
  assert.ok(await page.locator('#none').isVisible());
  await page.locator('#reset').click();
  assert.equal((await visibleRules(page)).length, 24);
});

on('a benchmark and its sections filter', sample('sample', '#all'), {}, async page => {
  await page.locator('#benchmark').selectOption('cis-docker-1.6.0');
  assert.equal((await visibleRules(page)).length, 7);
  await page.locator('#reset').click();
  const follow = async value => {
    await page.locator(`a[href="#benchmark=${value}"]`).click();
    await page.wait(wanted => document.querySelector('#benchmark').value === wanted, value.split('&')[0]);
  };
  await follow('cis-docker-1.6.0:2');
  assert.deepEqual(await visibleRules(page), ['docker-icc-off', 'docker-live-restore', 'docker-userns']);
  await follow('cis-docker-1.6.0:5&verdict=fail');
  assert.equal((await visibleRules(page)).length, 3);
});

on('grouping keeps every rule and goes back', sample('sample', '#all'), {}, async page => {
  const titles = () => page.locator('.group:not([hidden]) > summary .h').allTextContents();
  const before = await titles();
  const order = await visibleRules(page);
  for (const [value, first] of [['layer', 'Code'], ['severity', 'Critical'], ['verdict', 'Fail'], ['benchmark', 'None']]) {
    await page.locator('#group').selectOption(value);
    assert.equal((await visibleRules(page)).length, 24);
    assert.equal((await titles())[0].includes(first) || value === 'benchmark', true, value);
  }
  await page.locator('#group').selectOption('');
  assert.deepEqual(await titles(), before);
  assert.deepEqual(await visibleRules(page), order);
});

on('/ searches ids, titles and evidence, and marks what it finds', sample('sample', '#all'), {}, async page => {
  await page.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.type('10-kernel.conf');
  await page.wait(() => document.querySelector('mark')?.textContent === '10-kernel.conf');
  assert.deepEqual(await visibleRules(page), ['sysctl-kptr-restrict']);
  assert.equal(await page.locator('mark').first().textContent(), '10-kernel.conf');
  await page.locator('#q').fill('BANNER login');
  await page.wait(() => location.hash.includes('BANNER'));
  assert.deepEqual(await visibleRules(page), ['sshd-banner']);
  assert.equal(await page.locator('#q').inputValue(), 'BANNER login');
  await page.locator('#q').fill('');
  await page.wait(() => !document.querySelector('mark'));
  assert.equal((await visibleRules(page)).length, 24);
});

on('a link opens its rule, whatever is filtered', sample('sample', '#verdict=pass'), {}, async page => {
  await page.locator('.first a').first().click();
  const rule = page.locator('#r-container-not-privileged');
  await page.wait(() => document.querySelector('#r-container-not-privileged').open);
  assert.ok(await rule.isVisible());
  assert.ok(await rule.locator('table.evidence').isVisible());
});

// Where a page's link leads to, once nothing moves any more: below the bar at the top, or as far up as the page's end lets
// it. Motion is on, as it is for most readers.
async function assertInView(page, id) {
  await page.settled();
  const { top, bottom, end } = await page.evaluate(wanted => {
    const box = document.getElementById(wanted).getBoundingClientRect();
    return { top: box.top, bottom: box.bottom, end: scrollY + innerHeight >= document.documentElement.scrollHeight - 1 };
  }, id);
  assert.ok(top >= 50 && (top <= 120 || (end && top < 780)), `#${id}: ${top} to ${bottom}`);
}

for (const name of ['sample', 'large', 'fleet']) {
  on(`${name}: links of the first screen lead to what they name`, sample(name), {}, async page => {
    const links = await page.locator('.first a, .top nav a').all(found => found.map(a => a.getAttribute('href')).filter(to => /^#[^=]+$/.test(to)));
    assert.ok(links.length >= (name === 'sample' ? 8 : 4), links.join(' '));
    for (const href of links) {
      await page.evaluate(() => scrollTo(0, 0));
      await page.locator(`:is(.first, .top nav) a[href="${href}"]`).first().click();
      await assertInView(page, href.slice(1));
    }
  });
}

on('a far rule is found from its address', sample('large', '#all'), {}, async page => {
  const rules = await visibleRules(page);
  for (const part of [0.1, 0.9]) {
    const id = `r-${rules[Math.floor(rules.length * part)]}`;
    const far = await open(sample('large', `#${id}`));
    await assertInView(far, id).finally(() => far.close());
  }
});

on('without JavaScript a link leads to what it names', sample('large'), { javaScriptEnabled: false }, async page => {
  const href = await page.locator('.first a').first().getAttribute('href');
  await page.locator('.first a').first().click();
  await assertInView(page, href.slice(1));
});

on('a cell of the abilities opens its rule and marks the item', sample('containers', '#verdict=pass'), {}, async page => {
  const cell = page.locator('.able tbody tr').first().locator('td a').first();
  assert.equal(await cell.textContent(), 'critical');
  const id = (await cell.getAttribute('href')).slice(1);
  const container = await page.locator('.able tbody th').first().textContent();
  await cell.click();
  await page.wait(wanted => document.activeElement.id === wanted, id);
  const item = page.locator(`#${id}`);
  assert.ok(await item.isVisible());
  assert.equal(await item.locator('bdi').textContent(), container);
  assert.ok(await page.locator('#r-blast-kernel-modules').evaluate(rule => rule.open));
  assert.ok(await item.evaluate(row => row.matches(':target')));
  const marked = await item.locator('th').evaluate(th => getComputedStyle(th).backgroundColor);
  assert.notEqual(marked, 'rgba(0, 0, 0, 0)');
  const box = await item.boundingBox();
  assert.ok(box.y >= 56 && box.y + box.height <= 800, JSON.stringify(box));
});

on('sections of two words filter and group', sample('containers'), {}, async page => {
  await page.locator('a[href="#benchmark=plumbline-container:plc-run"]').click();
  await page.wait(() => document.querySelector('#benchmark').value === 'plumbline-container:plc-run');
  assert.equal((await visibleRules(page)).length, 8);
  await page.locator('#group').selectOption('benchmark');
  assert.equal(await page.locator('.group:not([hidden]) > summary .h').textContent(), 'plumbline-container \u00b7 section plc-run');
});

on('hostile container names are text', sample('containers'), {}, async page => {
  const names = await page.locator('#abilities bdi').allTextContents();
  for (const wanted of ['<img src=x onerror=alert(1)>', '\\x1b[31mred\\x1b[0m', '\\u202eevil']) assert.ok(names.includes(wanted), wanted);
});

on('without JavaScript a cell still opens its evidence', sample('containers'), { javaScriptEnabled: false }, async page => {
  const cell = page.locator('.able td a').first();
  const id = (await cell.getAttribute('href')).slice(1);
  await cell.click();
  await page.locator(`#${id}`).waitVisible();
  await page.locator('.rest > summary').click();
  assert.ok(await page.locator('.rest bdi').first().isVisible());
});

on('500 containers stay usable', sample('fleet'), {}, async page => {
  const rows = await page.locator('.able tbody tr').count();
  assert.equal(rows, 387);
  const region = page.locator('.tall');
  const box = await region.boundingBox();
  assert.ok(box.height <= 620, `the table takes ${box.height} px of the page`);
  const ms = await work(page, () => {
    const region = document.querySelector('.tall');
    for (let i = 1; i <= 20; i++) {
      region.scrollTop = region.scrollHeight * i / 20;
      region.getBoundingClientRect();
    }
  });
  assert.ok(ms < CEILING, `20 steps of scrolling took ${ms} ms`);
  const head = await page.evaluate(() => {
    const th = document.querySelector('.able thead th').getBoundingClientRect();
    return th.top - document.querySelector('.tall').getBoundingClientRect().top;
  });
  assert.ok(Math.abs(head) <= 2, `the head is ${head} px off`);
  const last = page.locator('.able tbody tr').nth(300).locator('td a').first();
  const id = (await last.getAttribute('href')).slice(1);
  const click = await work(page, async href => {
    document.querySelector(`.able a[href="#${href}"]`).click();
    while (document.activeElement.id !== href) await new Promise(done => setTimeout(done, 5));
  }, id);
  assert.ok(click < CEILING, `opening evidence took ${click} ms`);
  assert.ok(await page.locator(`#${id}`).isVisible());
});

on('copy gives the text as it is', sample('sample', '#r-docker-icc-off'), { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'] }, async page => {
  const fix = page.locator('#r-docker-icc-off .fix details').nth(1);
  await fix.locator('summary').click();
  await fix.locator('[data-copy]').click();
  await page.wait(() => [...document.querySelectorAll('[data-copy]')].some(b => b.textContent === 'Copied'));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
    "install -m 0644 /dev/stdin /etc/docker/daemon.json <<'EOF'\n{\"icc\": false}\nEOF\nsystemctl restart docker");
  await page.locator('#r-docker-icc-off .waive > summary').click();
  await page.locator('#r-docker-icc-off .waive [data-copy]').click();
  await page.settled();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^- rule: docker-icc-off\n {2}reason: .*\n {2}owner: .*\n {2}until: 2027-02-22\n$/);
});

on('copy falls back to the selection', sample('sample', '#r-docker-icc-off'), {}, async page => {
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  const fix = page.locator('#r-docker-icc-off .fix details').nth(1);
  await fix.locator('summary').click();
  await fix.locator('[data-copy]').click();
  await page.wait(() => /Copied|Selected/.test(document.querySelector('#live').textContent));
  assert.match(await page.evaluate(() => String(getSelection())), /^install -m 0644/);
});

const background = page => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

on('the switch turns the page dark and back, and it is remembered', sample('sample'), { colorScheme: 'light' }, async page => {
  const light = await background(page);
  await page.locator('#theme').click();
  const dark = await background(page);
  assert.notEqual(light, dark);
  assert.equal(await page.locator('#theme').getAttribute('aria-pressed'), 'true');
  await page.reload();
  assert.equal(await background(page), dark);
  await page.locator('#theme').click();
  assert.equal(await background(page), light);
});

on('the system scheme is followed', sample('sample'), { colorScheme: 'dark' }, async page => {
  assert.equal(await page.locator('#theme').getAttribute('aria-pressed'), 'true');
  const dark = await background(page);
  await page.emulateMedia({ colorScheme: 'light' });
  assert.notEqual(await background(page), dark);
});

on('JSON and CSV are saved offline', sample('sample'), {}, async page => {
  const saved = id => page.download(() => page.locator(id).click());
  const [jsonName, json] = await saved('#get-json');
  assert.equal(jsonName, 'plumbline.json');
  assert.equal(json, readFileSync(join(process.env.PLUMBLINE_SAMPLES, 'sample.json'), 'utf8'), 'byte for byte the JSON report');
  const [csvName, csv] = await saved('#get-csv');
  assert.equal(csvName, 'plumbline.csv');
  const lines = csv.split('\r\n');
  assert.equal(lines[0], '"audited_at","host","layer","module","rule","title","severity","result","waived","waived_until","observed","expected","source","line","references","fix"');
  assert.ok(lines.some(l => l.includes('"docker-userns"') && l.includes('"true","2027-01-31"')));
  assert.ok(!lines.some(l => /(^|,)"[=+\-@]/.test(l)), 'no cell that a spreadsheet would run');
});

on('hostile strings are text', sample('sample', '#r-container-host-network'), {}, async page => {
  const rule = page.locator('#r-container-host-network');
  await rule.locator('bdi').first().waitVisible();
  const subjects = await rule.locator('bdi').allTextContents();
  for (const wanted of ['<script>alert(1)</script>', ']]><![CDATA[x', '</script><img src=x onerror=alert(2)><!--', 'javascript:alert(3)',
    '"\' onmouseover="alert(4)', '\\x1b[31mred\\x1b[0m\\x07\\x01', '\\u202eevil\\u2066bidi\\u2069', 'bad\\xff\\xfeutf8']) {
    assert.ok(subjects.includes(wanted), wanted);
  }
  const inside = await page.evaluate(() => ({
    images: document.images.length,
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on|^style$/.test(a.name))).length,
    links: [...document.links].filter(a => !a.getAttribute('href').startsWith('#')).map(a => a.href),
    bidi: /[\u202a-\u202e\u2066-\u2069]/.test(document.body.textContent),
  }));
  assert.deepEqual(inside, { images: 0, scripts: 2, handlers: 0, links: [], bidi: false });
  await page.locator('#unfold').click();
  await page.locator('#q').fill('<img');
  await page.wait(() => document.querySelector('mark'));
});

test('the policy stops foreign script, style and requests', async () => {
  const page = await open(sample('clean'));
  try {
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.head.append(script);
      const sent = await fetch('data:text/plain,x').then(() => true, () => false);
      return { ran: !!window.ran, sent };
    });
    assert.deepEqual(ran, { ran: false, sent: false });
    assert.ok(page.noise.length >= 2 && page.noise.every(n => n.includes('Content Security Policy')), page.noise.join('\n'));
  } finally {
    await page.close();
  }
});

on('without JavaScript everything is there and nothing pretends to work', sample('sample'), { javaScriptEnabled: false }, async page => {
  for (const selector of ['h1', '.ring.big', '.verdict', '#causes', '#waivers table', '#benchmarks table', '#about']) {
    assert.ok(await page.locator(selector).first().isVisible(), selector);
  }
  assert.equal(await page.locator('.rule').count(), 24);
  for (const selector of ['#filters', '.tools', '#unfold']) assert.ok(!await page.locator(selector).isVisible(), selector);
  await page.locator('#r-docker-icc-off > summary').click();
  assert.ok(await page.locator('#r-docker-icc-off .evidence').isVisible());
  assert.ok(await page.locator('#r-docker-icc-off .fix p').first().isVisible());
  assert.ok(!await page.locator('#r-docker-icc-off [data-copy]').first().isVisible());
});

for (const width of [320, 390, 768, 1280, 1920]) {
  for (const name of ['sample', 'containers']) on(`${name}, ${width} px: nothing scrolls sideways`, sample(name), { viewport: { width, height: 844 } }, async page => {
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    await page.settled();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} px too wide`);
    const cut = await page.evaluate(() => [...document.querySelectorAll('.btn, .chip, .state, .sev, h1, h2:not(.sr), .rule .h')]
      .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.textContent));
    assert.deepEqual(cut, []);
  });
}

for (const [name, scheme, width] of [['sample', 'light', 1280], ['sample', 'dark', 1280], ['sample', 'light', 390], ['sample', 'dark', 390], ['containers', 'light', 1280], ['containers', 'dark', 390], ['clean', 'light', 1280], ['empty', 'dark', 1280]]) {
  // axe is put in past the page's policy, which would refuse it as it refuses every foreign script.
  on(`axe finds nothing: ${name}, ${scheme}, ${width} px`, sample(name), { colorScheme: scheme, bypassCSP: true, viewport: { width, height: 844 } }, async page => {
    await page.evaluate(() => {
      document.querySelectorAll('.rule').forEach(r => { r.style.contentVisibility = 'visible'; });
      document.querySelectorAll('details').forEach(d => { d.open = true; });
      document.querySelector('.chip')?.click();
      document.querySelector('.chip')?.click();
    });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | ')}`), []);
  });
}

on('keys reach everything and focus is seen', sample('clean'), {}, async page => {
  await page.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  const seen = new Set();
  for (let i = 0; i < 80; i++) {
    await page.press('Tab');
    seen.add(await page.evaluate(() => {
      const e = document.activeElement;
      return (e.id || e.tagName + '.' + e.className) + ' ' + (getComputedStyle(e).outlineStyle !== 'none');
    }));
  }
  for (const id of ['get-json', 'theme', 'q', 'benchmark', 'group', 'unfold']) assert.ok(seen.has(`${id} true`), `${id}: ${[...seen].join(', ')}`);
});

on('motion stops when it is not wanted', sample('clean'), { reducedMotion: 'reduce' }, async page => {
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), 'auto');
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector('.btn')).transitionDuration), '0s');
});

on('print: A4 pages of what fails, unfolded, then as before', sample('sample'), { colorScheme: 'dark' }, async page => {
  const folded = () => page.locator('details:not([open])').count();
  const before = await folded();
  await page.evaluate(() => window.addEventListener('beforeprint', () => {
    window.foldedInPrint = document.querySelectorAll('.rule.fail:not([open])').length;
  }));
  const pdf = await page.pdf();
  assert.equal(await page.evaluate(() => window.foldedInPrint), 0);
  assert.equal(await folded(), before);
  assert.ok(pdf.startsWith('%PDF-'));
  const sizes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(m => [Math.round(m[1]), Math.round(m[2])]);
  assert.ok(sizes.length >= 3 && sizes.length <= 30, `${sizes.length} pages`);
  assert.ok(sizes.every(([w, h]) => Math.abs(w - 595) <= 1 && Math.abs(h - 842) <= 1), JSON.stringify(sizes[0]));
  await page.emulateMedia({ media: 'print' });
  assert.equal(await background(page), 'rgb(255, 255, 255)');
  for (const selector of ['.top', '#filters', '#unfold']) assert.ok(!await page.locator(selector).isVisible(), selector);
});

on('print: forty pages at most of two thousand rules', sample('large'), {}, async page => {
  const pages = [...(await page.pdf()).matchAll(/\/MediaBox/g)].length;
  assert.ok(pages <= 40, `${pages} pages`);
});

on('print: the table of abilities whole', sample('fleet'), {}, async page => {
  await page.emulateMedia({ media: 'print' });
  const cut = await page.evaluate(() => {
    const region = document.querySelector('.tall');
    return region.scrollHeight - region.clientHeight;
  });
  assert.equal(cut, 0);
});

on('2000 rules filter at once', sample('large', '#all'), {}, async page => {
  assert.equal(await page.locator('.rule').count(), 2000);
  const ms = await work(page, () => {
    document.querySelector('.chip[data-value=fail]').click();
    document.body.getBoundingClientRect();
  });
  assert.ok(ms < CEILING, `a filter took ${ms} ms`);
  assert.equal((await visibleRules(page)).length, 228);
  const search = await work(page, async () => {
    const q = document.querySelector('#q');
    q.value = 'thing-1407-2';
    q.dispatchEvent(new Event('input'));
    while (!document.querySelector('#count').textContent.startsWith('1 of')) await new Promise(done => setTimeout(done, 5));
  });
  assert.ok(search < CEILING, `a search took ${search} ms`);
});
