/** The table of all shots: sorted, filtered, one of them chosen. */
class List {
  constructor(table, shots, onChoose) {
    this.body = table.tBodies[0];
    this.heads = [...table.querySelectorAll("button[data-sort]")];
    this.shots = shots;
    this.order = []; // indices of the shots that are shown, top to bottom
    this.chosen = -1;
    this.sorting = { by: "at", down: false };
    this.words = shots.map(wordsOf);
    this.rows = shots.map((shot, index) => this.row(shot, index, onChoose));
    for (const head of this.heads) {
      head.addEventListener("click", () => this.sort(head.dataset.sort));
    }
  }

  row(shot, index, onChoose) {
    const name = make("button", { type: "button", class: "name", tabindex: "-1" }, ...breakable(shot.name || shot.id));
    const under = make("span", { class: "under" }, make("span", { class: `status ${shot.status}` }, STATUS[shot.status]));
    under.append(...[shot.track, shot.painter && shot.painter.name].filter(Boolean).map((word) => make("span", {}, word)));
    if (shot.doubts.length) under.append(make("span", { class: "doubt", title: shot.doubts.join("\n") }, "▲ ", counted(shot.doubts.length, "doubt", "doubts")));
    const row = make(
      "tr",
      { "data-status": shot.status },
      make("td", { class: "poster-cell" }, shot.poster ? make("img", { src: `data:image/jpeg;base64,${shot.poster}`, alt: "", width: "60", height: "34" }) : make("span", { class: "no-poster" })),
      make("td", { class: "time-cell", title: counted(shot.frames, "frame", "frames") }, placeOf(shot, 0), make("span", { class: "under" }, plainSeconds(secondsOf(shot)))),
      make("td", { class: "name-cell" }, name, under, make("span", { class: "print-only" }, [shot.status === "failed" || shot.status === "skipped" ? shot.message : "", ...shot.doubts].filter(Boolean).join("; "))),
      make("td", { class: "number" }, shot.sync ? shot.sync.correlation.toFixed(2) : "–"),
      make("td", {}, stripOf(shot)),
    );
    row.addEventListener("click", () => onChoose(index));
    return row;
  }

  sort(by) {
    const down = this.sorting.by === by ? !this.sorting.down : false;
    this.sorting = { by, down };
    for (const head of this.heads) head.closest("th").removeAttribute("aria-sort");
    for (const head of this.heads) {
      head.classList.toggle("sorting", head.dataset.sort === by);
      if (head.dataset.sort === by) head.closest("th").setAttribute("aria-sort", down ? "descending" : "ascending");
    }
    this.lay();
  }

  filter({ text, status, doubtful }) {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.fits = (index) => {
      const shot = this.shots[index];
      return (!status || shot.status === status) && (!doubtful || isDoubtful(shot)) && wanted.every((word) => this.words[index].includes(word));
    };
    this.lay();
  }

  /** Show what fits, in order; what has no figure comes last either way. */
  lay() {
    const value = SORTS[this.sorting.by];
    const sign = this.sorting.down ? -1 : 1;
    this.order = this.shots
      .map((_, index) => index)
      .filter((index) => !this.fits || this.fits(index))
      .sort((one, other) => {
        const [left, right] = [value(this.shots[one]), value(this.shots[other])];
        if (left === null || right === null) return (left === null) - (right === null) || one - other;
        return sign * (left < right ? -1 : left > right ? 1 : 0) || one - other;
      });
    this.body.replaceChildren(...this.order.map((index) => this.rows[index]));
  }

  choose(index, focus) {
    const before = this.rows[this.chosen];
    if (before) {
      before.removeAttribute("aria-current");
      before.querySelector("button").tabIndex = -1;
    }
    this.chosen = index;
    const row = this.rows[index];
    if (!row) return;
    row.setAttribute("aria-current", "true");
    row.querySelector("button").tabIndex = 0;
    if (focus) row.querySelector("button").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  /** The shot that stands so many rows further down, as far as there are any. */
  beside(steps) {
    const at = this.order.indexOf(this.chosen);
    return this.order[at < 0 ? 0 : clamp(at + steps, 0, this.order.length - 1)];
  }
}

/** A file's name may break after its underscores. */
const breakable = (name) => name.split(/(?<=_)/).flatMap((part, at) => (at ? [make("wbr"), part] : [part]));

const ORDER = ["failed", "skipped", "rendered", "kept"];
const SORTS = {
  at: (shot) => (shot.at * shot.timelineRate[1]) / shot.timelineRate[0],
  name: (shot) => (shot.name || shot.id).toLowerCase(),
  status: (shot) => ORDER.indexOf(shot.status) * 2 + (shot.doubts.length ? 0 : 1),
  sync: (shot) => (shot.sync ? shot.sync.correlation : null),
  coverage: coverageOf,
  length: secondsOf,
};

function wordsOf(shot) {
  const lines = shot.speakers.flatMap((speaker) => [speaker.name, speaker.text || ""]);
  const painter = shot.painter ? [shot.painter.name] : [];
  return [shot.id, shot.name, shot.track, STATUS[shot.status], shot.message, ...shot.doubts, ...painter, ...lines, shot.clip].join("\n").toLowerCase();
}

/** Which frames have a face, as a strip; its words are for those who can't see it. */
function stripOf(shot) {
  const share = coverageOf(shot);
  if (share === null) return make("span", { class: "strip-words" }, "–");
  const strip = make("span", { class: "strip", role: "img", "aria-label": `face in ${percent(share)} of the frames` });
  for (const [start, stop, source] of facesOf(shot)) {
    const run = make("i", { class: source === "detected" ? "face" : "guessed" });
    run.style.left = `${(100 * start) / shot.frames}%`;
    run.style.width = `${(100 * (stop - start)) / shot.frames}%`;
    strip.append(run);
  }
  return make("span", { class: "strip-frame" }, strip, make("span", { class: "strip-words" }, percent(share)));
}
