"use strict";

/** An element; children are text or elements, never markup: names come from other people's edits. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const byId = (id) => document.getElementById(id);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const rateOf = (shot) => shot.rate[0] / shot.rate[1];
const secondsOf = (shot) => (shot.frames * shot.rate[1]) / shot.rate[0];

/** SMPTE timecode of a count of frames since midnight. */
function timecode(frame, rate, drop) {
  const count = Math.floor(rate[0] / rate[1] + 0.5);
  const sign = frame < 0 ? "-" : "";
  let left = Math.abs(frame);
  if (drop) {
    const dropped = Math.floor(count / 15); // labels a minute, none in every tenth
    const minute = count * 60 - dropped;
    const ten = minute * 10 + dropped;
    const rest = left % ten;
    left += dropped * 9 * Math.floor(left / ten) + (rest > dropped ? dropped * Math.floor((rest - dropped) / minute) : 0);
  }
  const two = (number) => String(number).padStart(2, "0");
  const seconds = Math.floor(left / count);
  const fields = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  return `${sign}${fields}${drop ? ";" : ":"}${two(left % count)}`;
}

/** The timeline's timecode at a frame of the shot, counted from its first. */
function placeOf(shot, frame) {
  const on = Math.floor((frame * shot.rate[1] * shot.timelineRate[0]) / (shot.rate[0] * shot.timelineRate[1]) + 1e-6);
  return timecode(shot.at + on, shot.timelineRate, shot.drop);
}

function plainRate(rate) {
  const value = rate[0] / rate[1];
  return `${Number(value.toFixed(3))} fps`;
}

function plainSeconds(seconds) {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} min`;
}

const counted = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** A share of 1 as whole percent; 100 % and 0 % mean all and none. */
function percent(share) {
  const rounded = Math.round(share * 100);
  return `${share < 1 && rounded === 100 ? 99 : share > 0 && rounded === 0 ? 1 : rounded} %`;
}

const isDoubtful = (shot) => shot.status === "failed" || shot.doubts.length > 0;
const STATUS = { rendered: "Rendered", kept: "Kept", failed: "Failed", skipped: "Skipped" };

/** Runs [start, stop, source] of the shot's own frames with a face, counted from its first; null where unknown. */
function facesOf(shot) {
  if (!shot.curves) return null;
  return shot.curves.faces
    .map(([start, stop, source]) => [start - shot.start, stop - shot.start, source])
    .filter(([start, stop]) => stop > 0 && start < shot.frames)
    .map(([start, stop, source]) => [Math.max(0, start), Math.min(shot.frames, stop), source]);
}

function coverageOf(shot) {
  const faces = facesOf(shot);
  if (!faces) return null;
  return faces.reduce((sum, [start, stop]) => sum + stop - start, 0) / shot.frames;
}

/** The part of a per-frame curve that belongs to the shot's range, handles left out. */
function curveOf(shot, name) {
  if (!shot.curves) return [];
  const skipped = shot.start - shot.rendered[0];
  return shot.curves[name].slice(Math.max(0, skipped), skipped + shot.frames);
}

/** The face's box [left, top, width, height] in pixels of the clip at a frame of the clip; null where there is none. */
function boxAt(shot, frame) {
  const { faces = [], face_boxes: keys = [] } = shot.curves || {};
  if (!faces.some(([start, stop]) => frame >= start && frame < stop)) return null;
  let low = 0;
  let high = keys.length - 1;
  if (high < 0) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (keys[middle][0] <= frame) low = middle;
    else high = middle;
  }
  const [one, other] = [keys[low], keys[high]];
  const share = other[0] === one[0] ? 0 : clamp((frame - one[0]) / (other[0] - one[0]), 0, 1);
  return [1, 2, 3, 4].map((at) => one[at] + share * (other[at] - one[at]));
}
