/** What is known of a shot, in words. */
function findingsOf(shot) {
  const parts = [];
  if (shot.status === "failed" || shot.status === "skipped") {
    parts.push(make("p", { class: shot.status === "failed" ? "error" : "note" }, shot.message || STATUS[shot.status]));
  }
  if (shot.unseen && shot.unseen !== shot.message && shot.status !== "skipped") parts.push(make("p", { class: "error" }, `Not shown: ${shot.unseen}`));
  if (shot.doubts.length) parts.push(make("ul", { class: "doubts" }, ...shot.doubts.map((doubt) => make("li", {}, doubt))));
  const facts = make("dl", { class: "facts" });
  for (const [name, ...values] of factsOf(shot)) {
    const shown = values.flat().filter(Boolean);
    if (shown.length) facts.append(make("div", {}, make("dt", {}, name), ...shown.map((value) => make("dd", {}, value))));
  }
  return [...parts, facts];
}

function factsOf(shot) {
  return [
    ["Voice", shot.speakers.map((speaker) => (speaker.text ? `${speaker.name}: ${speaker.text}` : speaker.name))],
    ["Painter", paintersOf(shot)],
    ["Sync", syncOf(shot.sync), expertOf(shot.sync_by_expert)],
    ["Face", faceWords(shot), leftOf(shot.left_unpainted)],
    ["Frames", rangeOf(shot)],
    ["Clip", pathOf(shot.clip)],
    ["Render", pathOf(shot.render)],
  ];
}

/** The file's name; its whole path comes under the pointer. */
const pathOf = (path) => path && make("span", { class: "path", title: path }, path.split(/[\\/]/).pop());

function paintersOf(shot) {
  if (!shot.painter) return [];
  const parts = shot.painter.shots || [];
  if (parts.length < 2) return [`${shot.painter.name}: ${shot.painter.reason}`];
  return parts.map((part) => `${part.painter}, frames ${part.frames[0]} to ${part.frames[1] - 1}: ${part.reason}`);
}

const late = (frames) => (frames === 0 ? "in step with the voice" : `${counted(Math.abs(frames), "frame", "frames")} ${frames > 0 ? "after" : "before"} the voice`);

function syncOf(sync) {
  return sync && `painted mouth: correlation ${sync.correlation.toFixed(2)}, ${late(sync.offset_frames)}, ${counted(sync.frames, "frame", "frames")}`;
}

function expertOf(figure) {
  if (!figure) return "";
  const sure = figure.sure ? "" : ": too low for its offset to be believed";
  return `lip-sync expert: ${late(figure.offset_frames)}, confidence ${figure.confidence.toFixed(3)}${sure}`;
}

function faceWords(shot) {
  const coverage = shot.coverage;
  if (!coverage) return "";
  const by = Object.entries(coverage.sources).map(([source, count]) => `${source} ${count}`).join(", ");
  const score = coverage.covered ? `; score ${coverage.mean_score.toFixed(2)}, least ${coverage.least_score.toFixed(2)}` : "";
  const handles = coverage.frames === shot.frames ? "" : ", in the whole render";
  const none = coverage.covered === coverage.frames ? "" : `; none in ${runsOf(coverage.missing)}`;
  return `${coverage.covered} of ${counted(coverage.frames, "frame", "frames")} (${by || "none"}${handles})${score}${none}`;
}

const leftOf = (runs) => (runs && runs.length ? `left as it was: ${runsOf(runs)}` : "");

function runsOf(runs) {
  const most = 12;
  const words = runs.slice(0, most).map(([start, stop]) => (stop - start === 1 ? `${start}` : `${start}–${stop - 1}`));
  return words.join(", ") + (runs.length > most ? ` and ${runs.length - most} more` : "");
}

function rangeOf(shot) {
  const size = shot.picture ? `, ${shot.picture[0]} × ${shot.picture[1]}` : "";
  const speed = shot.retime ? `, speed × ${shot.retime}` : "";
  return `${shot.start}–${shot.start + shot.frames - 1} of the clip, ${counted(shot.frames, "frame", "frames")} at ${plainRate(shot.rate)}${size}${speed}${shot.codec ? `, ${shot.codec}` : ""}`;
}
