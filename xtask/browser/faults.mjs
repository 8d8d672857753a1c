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

/** Lets canvases remember the texts that are written on them, for `crowded`; it runs before the page does. */
export function penned() {
  const pen = CanvasRenderingContext2D.prototype;
  const { clearRect, fillText } = pen;
  pen.clearRect = function (...box) {
    this.canvas.texts = [];
    clearRect.apply(this, box);
  };
  pen.fillText = function (said, x, y, ...more) {
    const { width, fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = this.measureText(said);
    const left = x - ({ right: width, end: width, center: width / 2 }[this.textAlign] ?? 0);
    (this.canvas.texts ??= []).push({ said, left, right: left + width, top: y - up, bottom: y + down });
    fillText.call(this, said, x, y, ...more);
  };
}

/** Texts that are wider than where they stand, and are not cut on purpose. */
export function cut(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('main *, header *')]
      .filter((one) => one.clientWidth > 0 && getComputedStyle(one).display !== 'inline' && one.scrollWidth > one.clientWidth + 1)
      .filter((one) => !['ellipsis', 'clip'].includes(getComputedStyle(one).textOverflow) || getComputedStyle(one).overflowX === 'visible')
      .filter((one) => !['auto', 'scroll'].includes(getComputedStyle(one).overflowX) && !one.closest('svg'))
      .map((one) => `${one.localName}.${one.className}: ${one.textContent.slice(0, 60)}`),
  );
}

/** Texts of charts that lie on each other or on what is drawn, or leave their chart. */
export async function crowded(page) {
  return [...(await crowdedDrawings(page)), ...(await crowdedPictures(page))];
}

/** Texts of canvases that lie on each other, or leave their canvas; after each press of a key, if one is given. */
export function crowdedPictures(page, key, times = 0) {
  return page.evaluate(
    ({ key, times }) => {
      const SLACK = 1;
      const found = [];
      const meet = (a, b) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK;
      const look = (canvas, pressed) => {
        const named = canvas.closest('figure').id + (key ? ` after ${pressed} × ${key}` : '');
        const texts = canvas.texts ?? [];
        for (const [at, one] of texts.entries()) {
          const { clientWidth: width, clientHeight: height } = canvas;
          if (one.left < -SLACK || one.top < -SLACK || one.right > width + SLACK || one.bottom > height + SLACK) {
            found.push(`${named}: "${one.said}" leaves the picture`);
          }
          for (const other of texts.slice(at + 1)) {
            if (meet(one, other)) found.push(`${named}: "${one.said}" and "${other.said}" lie on each other`);
          }
        }
      };
      for (const canvas of document.querySelectorAll('figure.chart > canvas')) {
        look(canvas, 0);
        for (let pressed = 1; pressed <= times; pressed += 1) {
          canvas.dispatchEvent(new KeyboardEvent('keydown', { key }));
          look(canvas, pressed);
        }
      }
      return found;
    },
    { key, times },
  );
}

function crowdedDrawings(page) {
  return page.evaluate(() => {
    // Boxes are as high as the tallest letters could be; so much less can be seen.
    const SLACK = 1;
    const found = [];
    const meet = (a, b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK;
    for (const chart of document.querySelectorAll('figure.chart > svg, svg.shades-key')) {
      const whole = chart.getBoundingClientRect();
      const named = chart.closest('figure')?.id ?? 'the key of the shades';
      const texts = [...chart.querySelectorAll('text')]
        .map((text) => ({ said: text.firstChild?.data ?? '', label: text.matches('.rule-label'), box: text.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0);
      const plot = chart.querySelector('svg.plot');
      const drawn = plot && boxOf(plot, chart, whole);
      for (const [at, { said, box, label }] of texts.entries()) {
        const inside =
          box.left >= whole.left - SLACK && box.right <= whole.right + SLACK &&
          box.top >= whole.top - SLACK && box.bottom <= whole.bottom + SLACK;
        if (!inside) {
          found.push(`${named}: "${said}" leaves the chart`);
        }
        // What names a line in a plot stands beside it.
        if (drawn && !label && meet(box, drawn)) {
          found.push(`${named}: "${said}" lies on what is drawn`);
        }
        for (const other of texts.slice(at + 1)) {
          if (meet(box, other.box)) {
            found.push(`${named}: "${said}" and "${other.said}" lie on each other`);
          }
        }
      }
    }
    return found;

    /** A box within a chart's, as its attributes say: what is drawn in it may be smaller, or larger. */
    function boxOf(plot, chart, whole) {
      const scale = whole.width / chart.viewBox.baseVal.width;
      const of = (name) => plot[name].baseVal.value * scale;
      const [left, top] = [whole.left + of('x'), whole.top + of('y')];
      return { left, top, right: left + of('width'), bottom: top + of('height') };
    }
  });
}
