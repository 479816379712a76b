'use strict';
(() => {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const get = (id) => document.getElementById(id);
  const form = get('filters');
  const changes = all('.change');
  const texts = new Map();
  const text = (node) => {
    if (!texts.has(node)) texts.set(node, node.textContent.toLowerCase());
    return texts.get(node);
  };
  // What stands in the heading of a group belongs to each of its changes.
  const textOf = (change) => text(change) + ' ' + text(change.closest('.group').querySelector('h3'));
  const value = (id) => (get(id) ? get(id).value : '');

  const apply = () => {
    const words = value('search').toLowerCase().split(/\s+/).filter(Boolean);
    const has = (text) => words.every((word) => text.includes(word));
    const wires = new Set(all('input[name=wire]:checked', form).map((box) => box.value));
    const rust = value('rust');
    const side = value('side');
    const tag = value('tag');
    let shown = 0;
    for (const change of changes) {
      const data = change.dataset;
      const keep = wires.has(data.wire) && (!rust || data.rust === rust) && (!side || data.sides.split(' ').includes(side)) &&
        (!tag || data.tags.split('\n').includes(tag)) && (words.length === 0 || has(textOf(change)));
      change.hidden = !keep;
      if (keep) shown += 1;
    }
    const empty = (selector, inner) => {
      for (const node of all(selector)) node.hidden = !all(inner, node).some((part) => !part.hidden);
    };
    empty('.group', '.change');
    empty('.part', '.change');
    // These have no side, tag or level of their own.
    const other = side || tag || rust;
    for (const section of all('.plain')) {
      const finds = all('[data-find]', section);
      for (const find of finds) find.hidden = words.length > 0 && !has(text(find));
      const off = section.id === 'noise' && !wires.has('noise');
      section.hidden = Boolean(off || other || (words.length > 0 && finds.every((find) => find.hidden)));
    }
    get('nothing').hidden = shown > 0 || changes.length === 0;
    get('shown').textContent = shown === changes.length ? shown + (shown === 1 ? ' change' : ' changes') : shown + ' of ' + changes.length + ' changes';
  };

  const visible = () => changes.filter((change) => !change.hidden);
  const go = (change) => {
    const summary = change.querySelector('summary');
    summary.focus({ preventScroll: true });
    change.scrollIntoView({ block: 'start' });
  };
  let last = null;
  const step = (by) => {
    const list = visible();
    if (list.length === 0) return;
    const here = (document.activeElement && document.activeElement.closest('.change')) || last;
    const at = list.indexOf(here);
    const next = at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1);
    last = list[next];
    go(last);
  };

  const reveal = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch (error) { return; }
    const target = id && get(id);
    if (!target) return;
    if (target.hidden) {
      form.reset();
      apply();
    }
    for (let node = target; node; node = node.parentElement) if (node.tagName === 'DETAILS') node.open = true;
    const own = target.querySelector(':scope > details');
    if (own) own.open = true;
    if (target.classList.contains('change')) {
      last = target;
      go(target);
    } else {
      target.scrollIntoView({ block: 'start' });
    }
  };

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest && event.target.closest('input, select, textarea');
    if (event.key === 'Escape' && field && field.id === 'search') {
      field.value = '';
      apply();
      field.blur();
      return;
    }
    if (field && (field.type !== 'checkbox')) return;
    if (event.key === '/') {
      event.preventDefault();
      get('search').focus();
    } else if (event.key === 'j') {
      step(1);
    } else if (event.key === 'k') {
      step(-1);
    }
  });
  form.addEventListener('input', apply);
  form.addEventListener('change', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', () => setTimeout(apply, 0));
  get('fold').addEventListener('click', (event) => {
    const open = visible().some((change) => !change.querySelector('details').open);
    for (const change of visible()) change.querySelector('details').open = open;
    event.target.textContent = open ? 'Fold all' : 'Unfold all';
  });
  addEventListener('hashchange', reveal);
  // A link to the place where the page is already is no change of place.
  document.addEventListener('click', (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute('href') === location.hash) reveal();
  });
  form.hidden = false;
  apply();
  // After the browser went there itself, which takes the focus away.
  addEventListener('load', () => setTimeout(reveal, 0));
})();
