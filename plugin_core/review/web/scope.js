/** The shot over time: the voice's wave, the opening that it asks for, what was painted, and where a face was found. */
class Scope {
  constructor(canvas, onSeek) {
    this.canvas = canvas;
    this.shot = null;
    this.frame = 0;
    this.still = document.createElement("canvas"); // everything but the playhead
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return clamp(Math.floor(((event.clientX - box.left) / box.width) * this.shot.frames), 0, this.shot.frames - 1);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (!this.shot || event.button) return;
      canvas.setPointerCapture(event.pointerId);
      onSeek(at(event), "down");
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.shot && canvas.hasPointerCapture(event.pointerId)) onSeek(at(event), "move");
    });
    canvas.addEventListener("pointerup", (event) => this.shot && onSeek(at(event), "up"));
  }

  show(shot) {
    this.shot = shot;
    this.wave = shot.wave ? Uint8Array.from(atob(shot.wave), (letter) => letter.charCodeAt(0)) : new Uint8Array(0);
    this.opening = curveOf(shot, "opening");
    this.painted = sameWay(curveOf(shot, "mouth_luma"), this.opening);
    this.redraw();
  }

  move(frame) {
    this.frame = frame;
    const { canvas, shot } = this;
    if (!shot) return;
    canvas.setAttribute("aria-valuemin", "0");
    canvas.setAttribute("aria-valuemax", String(shot.frames - 1));
    canvas.setAttribute("aria-valuenow", String(frame));
    canvas.setAttribute("aria-valuetext", `frame ${shot.start + frame}, ${placeOf(shot, frame)}`);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.still, 0, 0);
    const dots = window.devicePixelRatio || 1;
    const width = Math.max(1.5 * dots, canvas.width / shot.frames);
    context.fillStyle = this.colours.head;
    context.globalAlpha = 0.28;
    context.fillRect((frame / shot.frames) * canvas.width, 0, width, canvas.height);
    context.globalAlpha = 1;
    context.fillRect((frame / shot.frames) * canvas.width, 0, 1.5 * dots, canvas.height);
  }

  redraw() {
    if (!this.shot) return;
    const dots = window.devicePixelRatio || 1;
    const { canvas, still } = this;
    still.width = canvas.width = Math.max(1, Math.round(canvas.clientWidth * dots));
    still.height = canvas.height = Math.max(1, Math.round(canvas.clientHeight * dots));
    const shade = (name) => getComputedStyle(document.querySelector(`.key.${name}`)).color;
    this.colours = { head: getComputedStyle(canvas).color };
    for (const name of ["opening", "wave", "painted", "face", "guessed", "gap"]) this.colours[name] = shade(name);
    const context = still.getContext("2d");
    const strip = 9 * dots;
    const ruler = 15 * dots;
    const field = { top: ruler, height: still.height - strip - ruler - 6 * dots, width: still.width };
    this.drawRuler(context, dots, still);
    this.drawWave(context, field);
    this.drawOpening(context, field, dots);
    this.drawPainted(context, field, dots);
    this.drawFaces(context, still.height - strip, strip, still.width);
    this.move(this.frame);
  }

  drawRuler(context, dots, { width, height }) {
    const seconds = secondsOf(this.shot);
    const apart = [0.5, 1, 2, 5, 10, 30, 60, 300].find((step) => (step / seconds) * width > 56 * dots) || 600;
    context.font = `${10 * dots}px system-ui, sans-serif`;
    context.textBaseline = "top";
    for (let at = 0; at < seconds; at += apart) {
      const x = Math.round((at / seconds) * width);
      context.fillStyle = this.colours.head;
      context.globalAlpha = 0.14;
      context.fillRect(x, 0, dots, height);
      context.globalAlpha = 0.62;
      const words = at >= 60 ? `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}` : `${at} s`;
      if (x + 30 * dots < width) context.fillText(words, x + 4 * dots, 2 * dots);
    }
    context.globalAlpha = 1;
  }

  drawWave(context, { top, height, width }) {
    context.fillStyle = this.colours.wave;
    const middle = top + height / 2;
    const loudest = Math.max(24, ...this.wave);
    const columns = this.wave.length;
    for (let at = 0; at < columns; at++) {
      const reach = (this.wave[at] / loudest) * (height / 2);
      const left = Math.floor((at / columns) * width);
      context.fillRect(left, middle - reach, Math.max(1, Math.ceil(((at + 1) / columns) * width) - left), Math.max(1, 2 * reach));
    }
  }

  drawOpening(context, field, dots) {
    const { top, height, width } = field;
    const at = (frame) => ((frame + 0.5) / this.shot.frames) * width;
    const points = this.opening.map((value, frame) => [at(frame), top + height * (1 - value / 100)]);
    if (!points.length) return;
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    context.strokeStyle = this.colours.opening;
    context.lineWidth = 1.75 * dots;
    context.lineJoin = "round";
    context.stroke();
    context.lineTo(points[points.length - 1][0], top + height);
    context.lineTo(points[0][0], top + height);
    context.globalAlpha = 0.13;
    context.fillStyle = this.colours.opening;
    context.fill();
    context.globalAlpha = 1;
  }

  drawPainted(context, { top, height, width }, dots) {
    context.strokeStyle = this.colours.painted;
    context.lineWidth = 1.25 * dots;
    context.beginPath();
    let pen = false;
    this.painted.forEach((value, frame) => {
      const x = ((frame + 0.5) / this.shot.frames) * width;
      if (value === null) pen = false;
      else if (pen) context.lineTo(x, top + height * (1 - value));
      else {
        context.moveTo(x, top + height * (1 - value));
        pen = true;
      }
    });
    context.stroke();
  }

  drawFaces(context, top, height, width) {
    const faces = facesOf(this.shot);
    if (!faces) return;
    context.fillStyle = this.colours.gap;
    context.fillRect(0, top, width, height);
    for (const [start, stop, source] of faces) {
      const left = Math.floor((start / this.shot.frames) * width);
      context.fillStyle = source === "detected" ? this.colours.face : this.colours.guessed;
      context.fillRect(left, top, Math.ceil((stop / this.shot.frames) * width) - left, height);
    }
  }
}

/** Lumas 0..255 as 0..1 between their own ends, upside down where an open mouth is the darker one. */
function sameWay(lumas, opening) {
  const known = lumas.map((luma, frame) => [luma, opening[frame]]).filter(([luma]) => luma !== null);
  if (!known.length) return [];
  const low = known.reduce((least, [luma]) => Math.min(least, luma), 255);
  const high = known.reduce((most, [luma]) => Math.max(most, luma), 0);
  if (high === low) return [];
  const mean = (at) => known.reduce((sum, pair) => sum + pair[at], 0) / known.length;
  const [luma, open] = [mean(0), mean(1)];
  const together = known.reduce((sum, pair) => sum + (pair[0] - luma) * (pair[1] - open), 0);
  return lumas.map((value) => (value === null ? null : together < 0 ? (high - value) / (high - low) : (value - low) / (high - low)));
}
