// What may be wrong with any page, found by looking; each function gives a list, empty if all is well.

/** What makes the document wider than the window. */
export function overflowing(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) {
      return [];
    }
    const wide = [...document.body.querySelectorAll('*')].filter(
      (one) => one.getBoundingClientRect().right > clientWidth + 0.5,
    );
    const told = wide.slice(0, 5).map((one) => {
      const named = one.id ? `#${one.id}` : [...one.classList].map((name) => `.${name}`).join('');
      return one.localName + named;
    });
    return [`${scrollWidth} of ${clientWidth} pixels: ${told.join(', ')}`];
  });
}

/** What a screen reader could not tell. */
export function untold(page) {
  return page.evaluate(() => {
    const found = [];
    const text = (one) => one?.textContent.trim() ?? '';
    const name = (one) => {
      const ids = one.getAttribute('aria-labelledby')?.split(/\s+/) ?? [];
      const labelled = ids.map((id) => text(document.getElementById(id))).join(' ').trim();
      return labelled || one.getAttribute('aria-label')?.trim() || '';
    };
    if (!document.documentElement.lang) {
      found.push('html has no lang');
    }
    if (!document.title.trim()) {
      found.push('no title');
    }
    const headings = document.querySelectorAll('h1').length;
    if (headings !== 1) {
      found.push(`${headings} h1`);
    }
    for (const drawing of document.querySelectorAll('figure svg, figure canvas')) {
      // What lies within a drawing is told by the drawing's name.
      const within = drawing.parentElement.closest('svg');
      if (!within && !drawing.closest('[aria-hidden="true"]') && !name(drawing)) {
        found.push(`${drawing.localName} in figure ${drawing.closest('figure').id}: no name`);
      }
    }
    for (const button of document.querySelectorAll('button')) {
      if (!text(button)) {
        found.push(`button without text: ${button.outerHTML.slice(0, 80)}`);
      }
    }
    return found;
  });
}
