'use strict';
(() => {
  const chart = document.getElementById('chart');
  const tools = document.getElementById('chart-tools');
  if (!chart || !tools) return;
  const { from, until, shown, left, right } = Object.fromEntries(
    ['from', 'until', 'shown', 'left', 'right'].map((name) => [name, Number(chart.dataset[name])]),
  );
  const says = tools.querySelector('output');
  const ticks = document.getElementById('ticks');
  const SVG = 'http://www.w3.org/2000/svg';
  const STEPS = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
  let view = [from, shown];
  tools.hidden = false;

  const x = (at) => left + ((at - view[0]) * (right - left)) / (view[1] - view[0]);
  const clock = (at) =>
    new Date(at).toISOString().slice(until - from < 86400000 ? 11 : 0, 19).replace('T', ' ');

  function draw() {
    for (const group of chart.querySelectorAll('g[data-from]')) {
      const start = x(Number(group.dataset.from));
      const end = x(Number(group.dataset.until));
      const begin = Math.max(start, left);
      const width = Math.max(Math.min(end, right) - begin, end >= left && start <= right ? 2 : 0);
      const rect = group.querySelector('rect');
      rect.setAttribute('x', begin);
      rect.setAttribute('width', Math.max(width, 0));
      const text = group.querySelector('text');
      if (!text) continue;
      text.setAttribute('x', begin + 6);
      text.classList.toggle('unfit', width < text.textContent.length * 9 + 8);
    }
    for (const group of chart.querySelectorAll('g[data-at]')) {
      const y = group.getAttribute('transform').split(/[ ,)]+/)[1];
      group.setAttribute('transform', 'translate(' + x(Number(group.dataset.at)) + ' ' + y + ')');
    }
    for (const line of chart.querySelectorAll('polyline[data-points]')) {
      const points = line.dataset.points.split(' ').map((point) => point.split(','));
      line.setAttribute('points', points.map(([at, y]) => x(Number(at)) + ',' + y).join(' '));
    }
    const span = (view[1] - view[0]) / 1000;
    const step = (STEPS.find((each) => span / each <= 8) || 604800) * 1000;
    const y = Number(ticks.dataset.y);
    ticks.replaceChildren();
    for (let at = Math.ceil(view[0] / step) * step; at <= view[1]; at += step) {
      const tick = document.createElementNS(SVG, 'g');
      tick.setAttribute('class', 'tick');
      tick.setAttribute('transform', 'translate(' + x(at) + ' 0)');
      const line = document.createElementNS(SVG, 'line');
      line.setAttribute('y1', 4);
      line.setAttribute('y2', y);
      const text = document.createElementNS(SVG, 'text');
      text.setAttribute('y', y + 16);
      text.textContent =
        at % 86400000 === 0
          ? new Date(at).toUTCString().slice(5, 11)
          : new Date(at).toISOString().slice(11, step < 60000 ? 19 : 16);
      tick.append(line, text);
      ticks.append(tick);
    }
  }

  function zoom(factor, around) {
    const span = Math.min(Math.max((view[1] - view[0]) * factor, 5000), until - from);
    const share = (around - view[0]) / (view[1] - view[0]);
    const start = Math.min(Math.max(around - span * share, from), until - span);
    view = [start, start + span];
    draw();
  }

  function move(share) {
    const span = view[1] - view[0];
    const start = Math.min(Math.max(view[0] + span * share, from), until - span);
    view = [start, start + span];
    draw();
  }

  const middle = () => (view[0] + view[1]) / 2;
  const acts = {
    in: () => zoom(0.5, middle()),
    out: () => zoom(2, middle()),
    earlier: () => move(-0.4),
    later: () => move(0.4),
    all: () => zoom(Infinity, middle()),
  };
  for (const button of tools.querySelectorAll('button')) {
    button.addEventListener('click', () => acts[button.value]());
  }

  function timeAt(event) {
    const box = chart.getBoundingClientRect();
    const inside = ((event.clientX - box.left) * chart.viewBox.baseVal.width) / box.width;
    return view[0] + ((inside - left) * (view[1] - view[0])) / (right - left);
  }

  const cross = document.createElementNS(SVG, 'line');
  cross.setAttribute('class', 'cross');
  cross.setAttribute('y1', 0);
  cross.setAttribute('y2', ticks.dataset.y);
  cross.setAttribute('pointer-events', 'none');
  cross.setAttribute('visibility', 'hidden');
  chart.append(cross);
  const idle = says.textContent;
  const point = (event) => {
    const at = timeAt(event);
    const inside = at >= view[0] && at <= view[1];
    cross.setAttribute('visibility', inside ? 'visible' : 'hidden');
    if (inside) {
      cross.setAttribute('x1', x(at));
      cross.setAttribute('x2', x(at));
    }
    const found = event.target.closest('[data-tip]');
    says.textContent = found ? found.dataset.tip : inside ? clock(at) + ' UTC' : idle;
  };
  chart.addEventListener('pointermove', point);
  chart.addEventListener('pointerdown', point);
  chart.addEventListener('pointerleave', () => {
    cross.setAttribute('visibility', 'hidden');
    says.textContent = idle;
  });
  chart.addEventListener('dblclick', (event) => zoom(0.5, timeAt(event)));
  chart.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      zoom((event.deltaY || event.deltaX) > 0 ? 1.25 : 0.8, timeAt(event));
    },
    { passive: false },
  );
})();