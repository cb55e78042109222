'use strict';
(() => {
  const doc = document;
  // Leading blanks and comment lines are left out when this is built in; the page holds at most 12 KiB of script.
  const root = doc.documentElement;
  const $ = id => doc.getElementById(id);
  const all = (css, from = doc) => [...from.querySelectorAll(css)];
  const on = (target, event, act) => target.addEventListener(event, act);
  root.classList.add('js');
  try { if (localStorage.plumbline) root.dataset.theme = localStorage.plumbline; } catch {}

  on(doc, 'DOMContentLoaded', () => {
    const FACETS = ['verdict', 'severity', 'layer', 'benchmark'];
    // What has to be done something about, worst first; "all" is everything as it stands in the page.
    const TODO = ['fail', 'error', 'unknown', 'notchecked'];
    const ORDER = { __proto__: null, benchmark: [] };
    const chips = all('.chip');
    chips.forEach(c => (ORDER[c.dataset.facet] ||= []).push(c.dataset.value));
    const rules = all('.rule').map(el => ({ el, lazy: !el.querySelector('.body'), home: el.parentNode, ...el.dataset, benchmark: el.dataset.benchmark.split('|') }));
    const list = $('rules');
    const homes = [...list.children];
    const state = { group: '', q: '' };
    FACETS.forEach(f => state[f] = []);
    let grouped = '', timer, opened = [];

    const fits = (r, facet) => !state[facet].length || state[facet].some(w => facet === 'benchmark'
      ? r.benchmark.some(b => b === w || b.startsWith(w) && ':.-( '.includes(b[w.length]))
      : w === r[facet]);
    const words = () => state.q.toLowerCase().split(/\s+/);
    const found = r => {
      r.text ||= (r.el.textContent + (r.lazy ? JSON.stringify(r.data || '') : '')).toLowerCase();
      return words().every(word => r.text.includes(word));
    };

    const mark = () => {
      all('mark').forEach(m => { const p = m.parentNode; m.replaceWith(...m.childNodes); p.normalize(); });
      const word = words()[0];
      let left = word ? 600 : 0;
      for (const r of rules) {
        if (r.el.hidden || left < 1) continue;
        build(r);
        const walker = doc.createTreeWalker(r.el, NodeFilter.SHOW_TEXT);
        for (let node; left > 0 && (node = walker.nextNode());) {
          const at = node.data.toLowerCase().indexOf(word);
          if (at < 0) continue;
          const hit = node.splitText(at);
          const m = doc.createElement('mark');
          hit.splitText(word.length);
          hit.replaceWith(m);
          m.append(hit);
          walker.currentNode = hit;
          left--;
        }
      }
    };

    const groupOf = r => {
      const key = r[state.group];
      if (state.group !== 'benchmark') return key[0].toUpperCase() + key.slice(1);
      return (key.find(b => b.startsWith(state.benchmark)) || key[0]).replace(/:([^.\-( ]{1,4}(-[a-z]{1,4}(?=-)|(?=[.\-( ]|$)))?.*/, (_, s) => s ? ' \u00b7 section ' + s : '') || 'None';
    };
    const regroup = () => {
      const want = state.group && state.group + (state.group === 'benchmark' ? state.benchmark : '');
      if (want === grouped) return;
      grouped = want;
      if (!want) {
        rules.forEach(r => r.home.append(r.el));
        return list.replaceChildren(...homes);
      }
      const groups = {};
      const rank = r => TODO.indexOf(r.verdict) + 1 || 9;
      for (const r of state.group === 'severity' ? [...rules].sort((a, b) => rank(a) - rank(b)) : rules) {
        const key = groupOf(r);
        if (!groups[key]) {
          const box = homes[0].cloneNode();
          const head = homes[0].firstElementChild.cloneNode(true);
          box.open = true;
          head.firstElementChild.textContent = key;
          head.lastElementChild.textContent = '';
          box.append(head);
          groups[key] = { key, box, at: ORDER[state.group].indexOf(r[state.group]) };
        }
        groups[key].box.append(r.el);
      }
      const sorted = Object.values(groups).sort((a, b) => a.at - b.at || a.key.localeCompare(b.key, 'en', { numeric: true }));
      list.replaceChildren(...sorted.map(g => g.box));
    };

    const count = () => {
      const counts = {};
      for (const r of rules) {
        const misses = FACETS.filter(f => !r.fits[f]);
        for (const f of FACETS) if (r.hit && !misses.some(m => m !== f)) counts[f + r[f]] = (counts[f + r[f]] || 0) + 1;
      }
      for (const c of chips) {
        const { facet, value } = c.dataset;
        const n = counts[facet + value] || 0;
        const pressed = state[facet].includes(value);
        c.lastElementChild.textContent = n;
        c.classList.toggle('zero', !n);
        c.setAttribute('aria-pressed', pressed);
        c.hidden = !n && !pressed && !rules.some(r => r[facet] === value);
      }
    };
    const apply = () => {
      let shown = 0;
      for (const r of rules) {
        r.hit = !state.q || found(r);
        r.fits = {};
        FACETS.forEach(f => r.fits[f] = fits(r, f));
        r.el.hidden = !r.hit || FACETS.some(f => !r.fits[f]);
        shown += !r.el.hidden;
      }
      regroup();
      for (const g of list.children) g.hidden = rules.length && !g.querySelector('.rule:not([hidden])');
      count();
      mark();
      const filtered = state.q || FACETS.some(f => state[f].length);
      $('count').textContent = $('live').textContent = (filtered ? shown + ' of ' : '') + rules.length + ' rules';
      $('none').hidden = shown || !rules.length;
      $('reset').hidden = !filtered;
      const b = state.benchmark[0] || '';
      if (![...$('benchmark').options].some(o => o.value === b)) $('benchmark').add(new Option(b.replace(':', ' '), b));
      $('benchmark').value = b;
      $('group').value = state.group;
      if ($('q').value.trim() !== state.q) $('q').value = state.q;
    };
    const change = () => {
      const parts = [...FACETS, 'group', 'q'].filter(k => state[k].length).map(k => k + '=' + [state[k]].flat().map(encodeURIComponent));
      history.replaceState(null, '', '#' + (parts.join('&') || 'all'));
      apply();
    };
    const load = first => {
      const hash = location.hash.slice(1);
      const at = $(hash);
      const rule = at?.closest('.rule');
      const chosen = hash.includes('=') || hash === 'all';
      if (hash && !chosen && !rule && first !== true) return;
      const given = {};
      hash.split('&').forEach(p => {
        const [k, v = ''] = p.split('=');
        try { given[k] = v.split(',').filter(Boolean).map(decodeURIComponent); } catch {}
      });
      FACETS.forEach(f => state[f] = given[f] || []);
      state.group = ORDER[given.group] ? given.group + '' : '';
      if (!chosen) {
        state.verdict = rule && !TODO.includes(rule.dataset.verdict) ? [] : TODO;
        state.group = 'severity';
      }
      state.q = (given.q || []).join(',');
      apply();
      if (rule) {
        rule.open = rule.closest('.group').open = true;
        at.scrollIntoView();
        (at.cells ? at : at.firstElementChild).focus();
      } else if (chosen) $('results').scrollIntoView();
      else if (at) at.scrollIntoView();
    };

    chips.forEach(c => on(c, 'click', () => {
      const { facet, value } = c.dataset;
      const old = state[facet];
      state[facet] = old.includes(value) ? old.filter(v => v !== value) : [...old, value];
      change();
    }));
    on($('q'), 'input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => { state.q = $('q').value.trim(); change(); }, 80);
    });
    on($('benchmark'), 'change', e => { state.benchmark = [e.target.value].filter(Boolean); change(); });
    on($('group'), 'change', e => { state.group = e.target.value; change(); });
    on($('reset'), 'click', () => { FACETS.forEach(f => state[f] = []); state.group = state.q = ''; change(); $('q').focus(); });
    on($('unfold'), 'click', e => {
      const open = e.target.textContent[0] === 'U';
      e.target.textContent = open ? 'Fold all' : 'Unfold all';
      rules.forEach(r => r.el.open = open && !r.el.hidden);
    });
    on(doc, 'keydown', e => {
      if (e.key !== '/' || e.ctrlKey || e.metaKey || /INPUT|SELECT/.test(e.target.tagName)) return;
      e.preventDefault();
      $('q').focus();
    });
    on(self, 'hashchange', () => load());

    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : scheme.matches;
    const show = () => $('theme').setAttribute('aria-pressed', dark());
    on($('theme'), 'click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      show();
      try { localStorage.plumbline = root.dataset.theme; } catch {}
    });
    on(scheme, 'change', show);

    all('[data-copy]').forEach(b => on(b, 'click', async () => {
      const pre = b.nextElementSibling;
      let done = 'Copied';
      try { await navigator.clipboard.writeText(pre.textContent); } catch {
        getSelection().selectAllChildren(pre);
        if (!doc.execCommand('copy')) done = 'Selected';
      }
      b.textContent = $('live').textContent = done;
      setTimeout(() => b.textContent = 'Copy', 2e3);
    }));

    const save = (text, name) => {
      const a = doc.createElement('a');
      a.href = URL.createObjectURL(new Blob([text]));
      a.download = 'plumbline.' + name;
      a.click();
      setTimeout(() => URL.revokeObjectURL(a.href), 999);
    };
    const cell = v => '"' + String(v ?? '').replace(/^(?=[=+\-@\t\r])/, "'").replace(/"/g, '""') + '"';
    const row = (audit, r) => {
      const item = r.items[0] || { observed: {}, source: {} };
      const seen = Object.entries(item.observed).map(([k, v]) => k + '=' + (v?.trim ? v : JSON.stringify(v)));
      const refs = r.references.map(f => f.benchmark + ' ' + f.control + (f.level ? ' L' + f.level : ''));
      const s = item.source;
      return [audit.started, audit.host.name, r.layer, r.module, r.rule, r.title, r.severity, r.verdict, !!r.waived, r.waived?.until,
        seen.join(', '), item.expected, s.path || s.process || s.api, s.line, refs.join('; '), r.fix.text];
    };
    // One row a rule: its first item stands for it, failing ones come first.
    const csv = audit => ['audited_at,host,layer,module,rule,title,severity,result,waived,waived_until,observed,expected,source,line,references,fix'.split(','),
      ...audit.results.map(r => row(audit, r))].map(r => r.map(cell) + '\r\n').join('');
    const bytes = Uint8Array.from(atob($('data').textContent), c => c.charCodeAt());
    const data = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).text();
    on($('get-json'), 'click', async () => save(await data, 'json'));
    on($('get-csv'), 'click', async () => save(csv(JSON.parse(await data)), 'csv'));
    const make = (tag, given, ...inside) => {
      const el = Object.assign(doc.createElement(tag), given);
      el.append(...inside.filter(x => x || x === 0));
      return el;
    };
    const part = (title, ...inside) => inside[0] ? [make('h5', {}, title), ...inside] : [];
    const evidence = r => {
      const line = i => make('tr', {}, make('th', { scope: 'row' }, make('bdi', {}, i.subject)),
        make('td', {}, i.reason || Object.entries(i.observed).map(([k, v]) => k + ' ' + (v?.trim ? v : JSON.stringify(v))).join(', ').slice(0, 600)),
        make('td', {}, [i.source.path, i.source.line].filter(Boolean).join(':'), i.source.process, i.source.api));
      const head = make('tr', {}, ...['Subject', 'Observed', 'Source'].map(t => make('th', { scope: 'col' }, t)));
      return r.items[0] && make('table', { className: 'evidence' }, make('caption', {}, 'Evidence'), make('thead', {}, head),
        make('tbody', {}, ...r.items.slice(0, 30).map(line)));
    };
    const build = r => {
      if (!r.lazy || !r.data || r.built) return;
      r.built = true;
      const d = r.data;
      const refs = d.references.map(f => make('li', {}, make('b', {}, f.benchmark), ' ' + f.control));
      r.el.append(make('div', { className: 'body' }, evidence(d), ...part('Why it matters', d.rationale && make('p', {}, d.rationale)),
        ...part('References', refs[0] && make('ul', { className: 'refs' }, ...refs)), ...part('Fix', d.fix.text && make('p', {}, d.fix.text))));
    };
    data.then(text => {
      const byRule = Object.fromEntries(JSON.parse(text).results.map(r => [r.rule, r]));
      for (const r of rules) {
        r.data = byRule[r.el.id.slice(2)];
        if (r.lazy) r.text = '';
        if (r.el.open) build(r);
        on(r.el, 'toggle', () => build(r));
      }
      if (state.q) apply();
    });
    on($('print'), 'click', print);
    on(self, 'beforeprint', () => {
      opened = all('.rule:is(.fail,.error,.unknown):not([open]),.group:not([open])').filter(d => !d.closest('[hidden]'));
      opened.forEach(d => d.open = true);
    });
    on(self, 'afterprint', () => opened.forEach(d => d.open = false));

    $('filters').hidden = false;
    $('facets').open = innerWidth > 760;
    show();
    load(true);
  });
})();
