/** Clouds of points: drag or arrow keys turn them, + and - bring them nearer, 0 as at first. */
(() => {
  const STEP = 10, EDGE = 2, FAR = 40, START = { yaw: 35, pitch: 22, near: 1 };

  function decode(text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Uint16Array(bytes.buffer);
  }

  function make(canvas) {
    const figure = canvas.closest("figure");
    const data = JSON.parse(figure.querySelector("script").textContent);
    const groups = data.groups.map((group) => ({ ...group, places: decode(group.points) }));
    const view = { ...START };
    let projected = [], queued = false;

    function turn(p) {
      const yaw = (view.yaw * Math.PI) / 180, pitch = (view.pitch * Math.PI) / 180;
      const [x, y, z] = [p[0] - 0.5, p[1] - 0.5, p[2] - 0.5];
      const ax = x * Math.cos(yaw) - y * Math.sin(yaw), ay = x * Math.sin(yaw) + y * Math.cos(yaw);
      return [ax, z * Math.cos(pitch) + ay * Math.sin(pitch)];
    }

    function draw() {
      queued = false;
      const ratio = Math.min(3, devicePixelRatio || 1);
      const width = canvas.clientWidth || 420, height = canvas.clientHeight || 300;
      if (canvas.width !== Math.round(width * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
      }
      const pen = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
      const css = (name) => style.getPropertyValue(name).trim();
      const size = Math.min(width / 1.7, height / 1.62) * view.near;
      const place = (p) => { const [a, b] = turn(p); return [width / 2 + a * size, height / 2 - 4 - b * size]; };
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      frame(pen, place, css, [width, height]);
      projected = [];
      for (const group of groups) {
        if (hidden.has(group.s)) continue;
        const square = series.classes[group.s].startsWith("a");
        pen.fillStyle = colorOf(group.s);
        pen.globalAlpha = 0.7;
        for (let at = 0; 3 * at < group.places.length; at++) {
          const p = [0, 1, 2].map((axis) => group.places[3 * at + axis]);
          if (p.includes(65535)) continue;
          const [x, y] = place(p.map((step) => step / 65534));
          projected.push([x, y, group, at, p]);
          if (square) pen.fillRect(x - 1.7, y - 1.7, 3.4, 3.4);
          else { pen.beginPath(); pen.arc(x, y, 1.9, 0, 2 * Math.PI); pen.fill(); }
        }
        pen.globalAlpha = 1;
      }
      canvas.dataset.yaw = String(view.yaw);
      canvas.dataset.pitch = String(view.pitch);
    }

    /** Writes texts beside each other: what a little of would leave the picture is moved into it; a tick
     * that would be, or would lie on another text, is left out. */
    function writer(pen, css, [width, height]) {
      const written = [];
      pen.font = `12px ${getComputedStyle(canvas).fontFamily}`;
      return (text, x, y, { align, color, always = false }) => {
        if (x < -FAR || x > width + FAR || y < -FAR || y > height + FAR) return;
        const { width: wide, fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = pen.measureText(text);
        const from = x - (align === "right" ? wide : 0);
        const left = Math.max(EDGE, Math.min(width - wide - EDGE, from));
        const line = Math.max(up, Math.min(height - down, y));
        const box = { left, right: left + wide, top: line - up, bottom: line + down };
        const meets = (other) => box.left < other.right + EDGE && other.left < box.right + EDGE &&
          box.top < other.bottom && other.top < box.bottom;
        if (!always && (left !== from || written.some(meets))) return;
        written.push(box);
        pen.textAlign = "left";
        pen.lineWidth = 3; pen.strokeStyle = css("--card"); pen.strokeText(text, left, line);
        pen.lineWidth = 1; pen.fillStyle = color; pen.fillText(text, left, line);
      };
    }

    /** The box, its ground, and the edges along which the axes are named: those nearest to the reader. */
    function frame(pen, place, css, size) {
      const line = (a, b, color) => {
        pen.strokeStyle = color;
        pen.beginPath(); pen.moveTo(...place(a)); pen.lineTo(...place(b)); pen.stroke();
      };
      pen.lineWidth = 1;
      for (let k = 0; k <= 4; k++) {
        line([k / 4, 0, 0], [k / 4, 1, 0], css("--grid"));
        line([0, k / 4, 0], [1, k / 4, 0], css("--grid"));
      }
      const corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
      for (const [a, b] of corners) {
        line([a, b, 0], [a, b, 1], css("--grid"));
        line([a, 0, b], [a, 1, b], css("--grid"));
        line([0, a, b], [1, a, b], css("--grid"));
      }
      const lowest = (at) => [0, 1].reduce((a, b) => (place(at(b))[1] > place(at(a))[1] ? b : a));
      const [beside, front] = [lowest((x) => [x, 0.5, 0]), lowest((y) => [0.5, y, 0])];
      const left = corners.reduce((a, b) => (place([...b, 0])[0] < place([...a, 0])[0] ? b : a));
      const edges = [(u) => [u, front, 0], (u) => [beside, u, 0], (u) => [...left, u]];
      const write = writer(pen, css, size), middle = place([0.5, 0.5, 0]);
      const sides = edges.map((edge, at) => (at === 2 || place(edge(0.5))[0] < middle[0] ? -1 : 1));
      // Names first: ticks give way to them.
      edges.forEach((edge, at) => {
        line(edge(0), edge(1), css("--quiet"));
        const { name, unit } = data.axes[at], title = unit ? `${name} (${unit})` : name;
        const how = { align: sides[at] < 0 ? "right" : "left", color: css("--ink"), always: true };
        const [x, y] = place(edge(at === 2 ? 1 : 0.5));
        if (at === 2) write(title, x + 8, y - 8, how);
        else write(title, x + sides[at] * 26, y + 28, how);
      });
      edges.forEach((edge, at) => {
        const how = { align: sides[at] < 0 ? "right" : "left", color: css("--quiet") };
        for (const [value, label] of ticksOf(data.axes[at], 4)) {
          const share = shareOn(data.axes[at], value);
          if (share < 0.04 || share > 0.96) continue;
          const [x, y] = place(edge(share));
          write(label, x + (at === 2 ? -6 : sides[at] * 5), y + (at === 2 ? 4 : 13), how);
        }
      });
    }

    const soon = () => { if (!queued) { queued = true; requestAnimationFrame(draw); } };
    function rotate(yaw, pitch) {
      view.yaw = (((view.yaw + yaw) % 360) + 360) % 360;
      view.pitch = Math.max(-90, Math.min(90, view.pitch + pitch));
      draw();
    }

    function read(event) {
      const box = canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      let best = null, least = 14 * 14;
      for (const one of projected) {
        const far = (one[0] - x) ** 2 + (one[1] - y) ** 2;
        if (far < least) [best, least] = [one, far];
      }
      if (!best) return say(figure, [], null);
      const [, , group, at, steps] = best;
      const name = group.named ? series.names[group.s][at] : null;
      const lines = [name ? `${series.states[group.s]}, ${name}` : series.states[group.s]];
      data.axes.forEach((axis, at) =>
        lines.push(`${axis.name} ${withUnit(valueOn(axis, steps[at] / 65534), axis.unit)}`));
      say(figure, lines, [event.clientX, event.clientY]);
    }

    let last = null;
    canvas.addEventListener("pointerdown", (event) => {
      last = [event.clientX, event.clientY];
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!last) return read(event);
      rotate((event.clientX - last[0]) * 0.5, (event.clientY - last[1]) * 0.5);
      last = [event.clientX, event.clientY];
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { last = null; });
    canvas.addEventListener("pointerleave", () => say(figure, [], null));
    canvas.addEventListener("keydown", (event) => {
      const turns = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };
      if (turns[event.key]) rotate(...turns[event.key]);
      else if (event.key === "+" || event.key === "=") { view.near = Math.min(4, view.near * 1.2); draw(); }
      else if (event.key === "-") { view.near = Math.max(0.4, view.near / 1.2); draw(); }
      else if (event.key === "0") { Object.assign(view, START); draw(); }
      else return;
      event.preventDefault();
    });
    // At once, as paper does not wait.
    onColors.push(draw);
    onStates.push(soon);
    new ResizeObserver(soon).observe(canvas);
  }

  document.querySelectorAll(".cloud canvas").forEach(make);
})();
