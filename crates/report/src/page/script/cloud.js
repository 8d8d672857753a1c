/** Clouds of points: drag or arrow keys turn them, + and - bring them nearer, 0 as at first. */
(() => {
  const STEP = 10, START = { yaw: 35, pitch: 22, near: 1 };

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
      frame(pen, place, css);
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

    /** The box, its ground, and the edges along which the axes are named: those nearest to the reader. */
    function frame(pen, place, css) {
      const line = (a, b, color) => {
        pen.strokeStyle = color;
        pen.beginPath(); pen.moveTo(...place(a)); pen.lineTo(...place(b)); pen.stroke();
      };
      const write = (text, x, y, color) => {
        pen.lineWidth = 3; pen.strokeStyle = css("--card"); pen.strokeText(text, x, y);
        pen.lineWidth = 1; pen.fillStyle = color; pen.fillText(text, x, y);
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
      pen.font = "12px system-ui, sans-serif";
      edges.forEach((edge, at) => {
        line(edge(0), edge(1), css("--quiet"));
        const { name, unit } = data.axes[at];
        const [mx, my] = place(edge(0.5)), middle = place([0.5, 0.5, 0]);
        const upright = at === 2, side = mx < middle[0] ? -1 : 1;
        pen.textAlign = upright ? "right" : side < 0 ? "right" : "left";
        const title = unit ? `${name} (${unit})` : name;
        const top = place(edge(1));
        if (upright) write(title, Math.max(top[0] + 8, 52), top[1] - 8, css("--ink"));
        else write(title, mx + side * 26, my + 28, css("--ink"));
        for (const [value, label] of ticksOf(data.axes[at], 4)) {
          const share = shareOn(data.axes[at], value);
          if (share < 0.04 || share > 0.96) continue;
          const [x, y] = place(edge(share));
          write(label, x + (upright ? -6 : side * 5), y + (upright ? 4 : 13), css("--quiet"));
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
