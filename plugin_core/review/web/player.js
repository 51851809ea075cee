/** Plays a shot's proxy: one movie that holds before and after, so that they can't get out of step. */
class Player {
  constructor(canvas, onFrame) {
    this.canvas = canvas;
    this.onFrame = onFrame;
    this.video = make("video", { preload: "auto", playsinline: "" });
    this.shot = null;
    this.frame = 0;
    this.view = "sides";
    this.edge = 0.5; // of the wipe, 0..1
    this.side = 1; // of A/B: 0 before, 1 after
    this.zoomed = false;
    this.boxed = false;
    this.backward = null; // {from, since, speed} while it plays backward
    this.wanted = null; // frame to seek to when the running seek ends
    this.url = null;
    this.runs = this.settled = 0;
    this.listen();
  }

  listen() {
    const video = this.video;
    video.addEventListener("loadeddata", () => this.settle());
    video.addEventListener("seeked", () => {
      if (this.wanted === null) return this.settle();
      const wanted = this.wanted;
      this.wanted = null;
      this.seek(wanted);
    });
    video.addEventListener("play", () => this.follow());
    for (const event of ["play", "pause", "ended", "ratechange"]) {
      video.addEventListener(event, () => this.onFrame(this.frame));
    }
  }

  /** Draws every picture that comes on screen while the movie plays. */
  follow() {
    const run = ++this.runs;
    const next = (_, picture) => {
      if (run !== this.runs || this.video.paused) return;
      if (!this.video.seeking) this.shown(picture ? picture.mediaTime : this.video.currentTime);
      ask();
    };
    const ask = () => {
      if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(next);
      else requestAnimationFrame((now) => next(now));
    };
    ask();
  }

  /** Draws where a seek has come to. Its picture reaches the canvas up to a few refreshes after "seeked". */
  settle() {
    const run = ++this.settled;
    const { video } = this;
    if (this.backward || video.paused || video.ended) this.shown(video.currentTime);
    const again = () => run === this.settled && !video.seeking && this.draw();
    requestAnimationFrame(() => requestAnimationFrame(again));
    for (const wait of [40, 120, 300]) setTimeout(again, wait);
  }

  get rate() {
    return rateOf(this.shot);
  }

  get playing() {
    return this.backward !== null || (!this.video.paused && !this.video.ended);
  }

  /** -8 to 8; 0 while it stands. */
  get speed() {
    if (this.backward) return -this.backward.speed;
    return this.playing ? this.video.playbackRate : 0;
  }

  /** Take another shot; the movie of the one before is let go. */
  async open(shot) {
    this.close();
    this.shot = shot;
    this.frame = 0;
    this.onFrame(0);
    if (!shot.proxy) return;
    const movie = await proxyOf(shot.proxy);
    if (this.shot !== shot) return; // another one was opened meanwhile
    this.url = URL.createObjectURL(movie);
    this.video.src = this.url;
    this.video.load();
  }

  close() {
    this.stop();
    this.wanted = null;
    this.video.removeAttribute("src");
    this.video.load();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    this.shot = null;
  }

  shown(seconds) {
    if (!this.shot || this.video.readyState < 2) return;
    // Timestamps in the file are whole milliseconds; a frame lasts many of them.
    this.frame = clamp(Math.floor(seconds * this.rate + 0.1), 0, this.shot.frames - 1);
    this.onFrame(this.frame);
    this.draw();
  }

  seek(frame) {
    if (!this.url) return;
    const target = clamp(Math.round(frame), 0, this.shot.frames - 1);
    if (this.video.seeking) {
      this.wanted = target;
      return;
    }
    this.video.currentTime = (target + 0.5) / this.rate; // its middle, so that no rounding meets its neighbour
  }

  step(frames) {
    this.stop();
    const from = this.wanted !== null ? this.wanted : Math.floor(this.video.currentTime * this.rate + 0.1);
    this.seek(from + frames);
  }

  play(speed = 1) {
    if (!this.url) return;
    this.backward = null;
    this.video.playbackRate = speed;
    if (this.video.ended || this.frame >= this.shot.frames - 1) this.video.currentTime = 0;
    this.video.play().catch(() => {}); // a pause before it began is no fault
  }

  stop() {
    const played = this.playing;
    this.backward = null;
    this.video.pause();
    if (played) this.seek(this.frame); // the clock has gone on a little since that picture
  }

  toggle() {
    if (this.playing) this.stop();
    else this.play();
  }

  /** L: forward, each time twice as fast. */
  faster() {
    this.play(this.speed > 0 ? Math.min(8, this.speed * 2) : 1);
  }

  /** J: backward, each time twice as fast. */
  rewind() {
    if (!this.url) return;
    const speed = this.backward ? Math.min(8, this.backward.speed * 2) : 1;
    this.video.pause();
    const begun = { from: this.frame, since: performance.now(), speed };
    this.backward = begun;
    const tick = (now) => {
      if (this.backward !== begun) return;
      const frame = Math.ceil(begun.from - ((now - begun.since) / 1000) * this.rate * speed);
      if (!this.video.seeking && frame < this.frame) this.seek(frame);
      if (frame > 0) {
        requestAnimationFrame(tick);
      } else {
        this.backward = null;
        this.seek(0);
        this.onFrame(this.frame);
      }
    };
    requestAnimationFrame(tick);
    this.onFrame(this.frame);
  }

  /** Fit the canvas into the room there is, and draw. */
  fit(width, height) {
    if (!this.shot || !this.shot.half) return;
    const [halfWidth, halfHeight] = this.shot.half;
    const columns = this.view === "sides" && this.shot.halves === 2 ? 2 : 1;
    const scale = Math.min(width / (halfWidth * columns), height / halfHeight);
    const dots = window.devicePixelRatio || 1;
    this.canvas.style.width = `${Math.round(halfWidth * columns * scale)}px`;
    this.canvas.style.height = `${Math.round(halfHeight * scale)}px`;
    this.canvas.width = Math.round(halfWidth * columns * scale * dots);
    this.canvas.height = Math.round(halfHeight * scale * dots);
    this.draw();
  }

  draw() {
    const { canvas, shot } = this;
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    if (!shot || !this.url || this.video.readyState < 2) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      return;
    }
    const last = shot.halves - 1;
    if (this.view === "sides" && last) {
      const middle = canvas.width / 2;
      this.half(context, 0, [0, 0, middle, canvas.height]);
      this.half(context, 1, [middle, 0, middle, canvas.height]);
    } else if (this.view === "wipe" && last) {
      this.wipe(context);
    } else {
      this.half(context, Math.min(this.side, last), [0, 0, canvas.width, canvas.height]);
    }
  }

  wipe(context) {
    const { width, height } = this.canvas;
    const edge = Math.round(this.edge * width);
    this.half(context, 1, [0, 0, width, height]);
    context.save();
    context.beginPath();
    context.rect(0, 0, edge, height);
    context.clip();
    this.half(context, 0, [0, 0, width, height]);
    context.restore();
    context.fillStyle = "#fff";
    context.fillRect(edge - 1, 0, 2, height);
  }

  /** One half of the proxy into a rectangle [left, top, width, height] of the canvas. */
  half(context, number, [left, top, width, height]) {
    const [halfWidth, halfHeight] = this.shot.half;
    const [x, y, w, h] = this.zoomed ? this.closeUp() : [0, 0, halfWidth, halfHeight];
    context.drawImage(this.video, number * halfWidth + x, y, w, h, left, top, width, height);
    const box = this.boxed ? this.boxInHalf() : null;
    if (!box) return;
    const scale = width / w;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.strokeStyle = "#6ee7a8";
    context.lineWidth = 2;
    context.strokeRect(left + (box[0] - x) * scale, top + (box[1] - y) * scale, box[2] * scale, box[3] * scale);
    context.restore();
  }

  boxInHalf() {
    const box = boxAt(this.shot, this.shot.start + this.frame);
    return box && this.inHalf(box);
  }

  inHalf([left, top, width, height]) {
    const across = this.shot.half[0] / this.shot.picture[0];
    const down = this.shot.half[1] / this.shot.picture[1];
    return [left * across, top * down, width * across, height * down];
  }

  /** Room for the face over its whole run, so that the picture stands still; of the half's own shape. */
  closeUp() {
    const [halfWidth, halfHeight] = this.shot.half;
    const frame = this.shot.start + this.frame;
    const { faces = [], face_boxes: keys = [] } = this.shot.curves || {};
    const run = faces.find(([start, stop]) => frame >= start && frame < stop);
    if (!run) return [0, 0, halfWidth, halfHeight];
    const inside = keys.filter(([at]) => at >= run[0] && at < run[1]).map((key) => key.slice(1));
    const boxes = [boxAt(this.shot, run[0]), boxAt(this.shot, run[1] - 1), ...inside].map((box) => this.inHalf(box));
    const left = Math.min(...boxes.map((box) => box[0]));
    const top = Math.min(...boxes.map((box) => box[1]));
    const right = Math.max(...boxes.map((box) => box[0] + box[2]));
    const bottom = Math.max(...boxes.map((box) => box[1] + box[3]));
    const share = Math.min(1, 1.35 * Math.max((right - left) / halfWidth, (bottom - top) / halfHeight));
    const [width, height] = [halfWidth * share, halfHeight * share];
    return [
      clamp((left + right - width) / 2, 0, halfWidth - width),
      clamp((top + bottom - height) / 2, 0, halfHeight - height),
      width,
      height,
    ];
  }
}

/** The movie of a block; it is text in the page until it is asked for. */
async function proxyOf(id) {
  for (;;) {
    const block = byId(id);
    // While the page loads, a block may be there in part: it is whole once something follows it.
    if (block && (document.readyState !== "loading" || block.nextElementSibling)) {
      const text = atob(block.textContent);
      const bytes = new Uint8Array(text.length);
      for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
      return new Blob([bytes], { type: "video/webm" });
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
