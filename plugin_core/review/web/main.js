const facts = JSON.parse(byId("facts").textContent);
const shots = facts.shots;
const player = new Player(byId("picture"), showFrame);
const scope = new Scope(byId("scope"), scrub);
const list = new List(byId("shots"), shots, (index) => choose(index));
const held = new Set(); // keys that are down
let resume = false; // whether it played before a scrub

function choose(index, focus = false) {
  if (index === undefined || index < 0) return;
  const shot = shots[index];
  const again = list.chosen === index;
  list.choose(index, focus);
  if (again) return;
  byId("shot-name").textContent = shot.name || shot.id;
  const status = byId("shot-status");
  status.textContent = STATUS[shot.status];
  status.className = `status ${shot.status}`;
  byId("shot-place").textContent = [shot.track, plainSeconds(secondsOf(shot))].filter(Boolean).join(" · ");
  byId("findings").replaceChildren(...findingsOf(shot));
  byId("no-picture").hidden = Boolean(shot.proxy);
  byId("no-picture").textContent = shot.proxy ? "" : "No picture";
  player.open(shot);
  scope.show(shot);
  layOut();
}

function showFrame(frame) {
  const shot = player.shot;
  if (!shot) return;
  byId("time").textContent = placeOf(shot, frame);
  byId("frame").textContent = `frame ${shot.start + frame} · ${frame + 1}/${shot.frames}`;
  const speed = player.speed;
  byId("speed").textContent = speed === 0 || speed === 1 ? "" : `${speed < 0 ? "−" : ""}${Math.abs(speed)}×`;
  const play = byId("play");
  play.textContent = player.playing ? "❚❚" : "▶";
  play.setAttribute("aria-label", player.playing ? "Stop" : "Play");
  scope.move(frame);
}

function scrub(frame, part) {
  if (part === "down") {
    resume = player.playing;
    player.stop();
  }
  player.seek(frame);
  if (part === "up" && resume) player.play();
}

function setView(view) {
  player.view = view;
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  layOut();
}

function swap() {
  if (player.view !== "swap") setView("swap");
  else player.side = 1 - player.side;
  layOut();
}

function toggle(id) {
  const on = byId(id).getAttribute("aria-pressed") !== "true";
  byId(id).setAttribute("aria-pressed", String(on));
  if (id === "zoom") player.zoomed = on;
  if (id === "box") player.boxed = on;
  if (id === "loop") player.video.loop = on;
  player.draw();
}

/** Room for picture and scope, and the words over the picture. */
function layOut() {
  const screen = byId("screen");
  const shot = player.shot;
  const two = shot && shot.halves === 2;
  screen.dataset.view = two ? player.view : "one";
  byId("label-before").hidden = Boolean(two && player.view === "swap" && player.side === 1);
  byId("label-after").hidden = !two || (player.view === "swap" && player.side === 0);
  const style = getComputedStyle(screen);
  player.fit(screen.clientWidth - 2 * parseFloat(style.paddingLeft), parseFloat(style.getPropertyValue("--highest")) * window.innerHeight);
  scope.redraw();
}

function summarise() {
  const counts = ["rendered", "kept", "failed", "skipped"].map((status) => [status, shots.filter((shot) => shot.status === status).length]);
  const doubtful = shots.filter((shot) => shot.doubts.length).length;
  const length = shots.reduce((sum, shot) => sum + secondsOf(shot), 0);
  const words = counts.filter(([, count]) => count).map(([status, count]) => make("span", { class: `status ${status}` }, `${count} ${status}`));
  if (doubtful) words.push(make("span", { class: "doubt" }, `▲ ${doubtful} doubtful`));
  byId("summary").replaceChildren(make("b", {}, counted(shots.length, "shot", "shots")), plainSeconds(length), ...words);
  const present = counts.filter(([, count]) => count).map(([status]) => make("option", { value: status }, STATUS[status]));
  byId("status").append(...present);
  byId("notes").replaceChildren(...facts.notes.map((note) => make("li", {}, note)));
}

function filter() {
  list.filter({ text: byId("find").value, status: byId("status").value, doubtful: byId("doubtful").checked });
  byId("shown").textContent = list.order.length === shots.length ? "" : `${list.order.length} of ${shots.length}`;
  byId("nothing").hidden = list.order.length > 0;
  if (!list.order.includes(list.chosen)) choose(list.order[0]);
}

function changeTheme() {
  const root = document.documentElement;
  const dark = getComputedStyle(root).colorScheme === "dark" || (getComputedStyle(root).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.theme = dark ? "light" : "dark";
  scope.redraw();
}

const KEYS = {
  " ": () => player.toggle(),
  j: () => (held.has("k") ? player.step(-1) : player.rewind()),
  k: () => player.stop(),
  l: () => (held.has("k") ? player.step(1) : player.faster()),
  arrowleft: (event) => player.step(event.shiftKey ? -10 : -1),
  arrowright: (event) => player.step(event.shiftKey ? 10 : 1),
  home: () => player.step(-Infinity),
  end: () => player.step(Infinity),
  arrowup: () => choose(list.beside(-1), true),
  arrowdown: () => choose(list.beside(1), true),
  p: () => choose(list.beside(-1), true),
  n: () => choose(list.beside(1), true),
  1: () => setView("sides"),
  2: () => setView("wipe"),
  3: () => setView("swap"),
  x: swap,
  z: () => toggle("zoom"),
  b: () => toggle("box"),
  r: () => toggle("loop"),
  m: () => (player.video.muted = !player.video.muted),
  "/": () => byId("find").focus(),
  "?": () => byId("help").showModal(),
};

/** Keys that a focused control needs for itself. */
function isTheirs(target, key) {
  if (byId("help").open) return true;
  if (target.matches("input[type=search]")) return key !== "escape";
  if (target.matches("select, input[type=range]")) return key.startsWith("arrow") || key === "home" || key === "end" || key === " ";
  return target.matches("button, input") && !target.matches(".name") && key === " ";
}

function listen() {
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey || event.altKey || isTheirs(event.target, key)) return;
    if (key === "escape") return event.target.blur();
    if (!KEYS[key] || (event.repeat && "jl ".includes(key))) return;
    event.preventDefault();
    KEYS[key](event);
    held.add(key);
  });
  document.addEventListener("keyup", (event) => held.delete(event.key.toLowerCase()));
  window.addEventListener("blur", () => held.clear());
  byId("play").addEventListener("click", () => player.toggle());
  byId("previous").addEventListener("click", () => choose(list.beside(-1)));
  byId("next").addEventListener("click", () => choose(list.beside(1)));
  byId("theme").addEventListener("click", changeTheme);
  byId("help-button").addEventListener("click", () => byId("help").showModal());
  byId("volume").addEventListener("input", (event) => (player.video.volume = Number(event.target.value)));
  for (const id of ["zoom", "box", "loop"]) byId(id).addEventListener("click", () => toggle(id));
  for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => setView(button.dataset.view));
  byId("find").addEventListener("input", filter);
  byId("status").addEventListener("change", filter);
  byId("doubtful").addEventListener("change", filter);
  // A button that was pressed with the mouse gives the Space key back to the player.
  document.addEventListener("click", (event) => {
    const button = event.detail && event.target.closest("button");
    if (button && !button.closest("dialog")) button.blur();
  });
  byId("screen").addEventListener("pointerdown", startPicture);
  new ResizeObserver(layOut).observe(byId("player"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => scope.redraw());
}

/** In a wipe the edge follows the pointer; elsewhere a click on the picture plays and stops. */
function startPicture(event) {
  const canvas = byId("picture");
  if (event.button || event.target !== canvas) return;
  if (player.view !== "wipe") return player.toggle();
  const move = (moved) => {
    const box = canvas.getBoundingClientRect();
    player.edge = clamp((moved.clientX - box.left) / box.width, 0, 1);
    player.draw();
  };
  move(event);
  canvas.setPointerCapture(event.pointerId);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", () => canvas.removeEventListener("pointermove", move), { once: true });
}

summarise();
listen();
list.lay();
filter();
