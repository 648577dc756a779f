// The script of the form that others fill in. It makes the code that activities/mirror_code.py reads; it keeps and sends nothing.
"use strict";
const $ = (id) => document.getElementById(id);
const form = $("form");
const about = JSON.parse(form.dataset.about);
// Drawn once for each opening of the page, so that an answer mended and sent again counts once.
const answer = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function letters(bytes) {
  let held = 0, bits = 0, text = "";
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(held >>> (bits - 5)) & 31];
    held &= 31;
  }
  return bits ? text + "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(held << (5 - bits)) & 31] : text;
}

function checksum(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return letters([24, 16, 8, 0].map((shift) => (~sum >>> shift) & 255));
}

function encode(parts) {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  return `BRM${about.v}-${letters(bytes).match(/.{1,5}/g).join(" ")}-${checksum(bytes)}`;
}

function given() {
  const parts = { i: about.i, e: about.e, a: answer, r: {} };
  for (const chosen of form.querySelectorAll("input:checked")) parts.r[chosen.name] = Number(chosen.value) || null;
  for (const text of form.querySelectorAll("[data-text]")) parts[text.id] = text.value.trim();
  return parts;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const parts = given();
  if (!Object.keys(parts.r).length && !parts.k && !parts.t) {
    $("status").textContent = "Nothing is marked or written yet. If you would rather not answer, close this page.";
    return;
  }
  $("status").textContent = "";
  $("code").value = encode(parts);
  $("done").hidden = false;
  $("done-title").focus();
});

form.addEventListener("input", () => {
  if ($("done").hidden) return;
  $("done").hidden = true; // it is no longer what stands above
  $("said").textContent = "";
  $("status").textContent = "You changed something. Make your answer once more.";
});

$("copy").addEventListener("click", () => {
  $("code").select();
  const done = document.execCommand("copy");
  $("said").textContent = done ? "Copied." : "The code is marked. Copy it with Ctrl+C, or ⌘C on a Mac.";
});

$("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([$("code").value + "\n"], { type: "text/plain" }));
  link.download = "answer.txt";
  link.click();
  $("said").textContent = "Your browser saves it as answer.txt, or asks you where.";
});

$("off").hidden = true;
form.querySelector(".script").hidden = false;
