// Keeps the page in step with the panel. Without it the page reloads itself now and then.
"use strict";

const element = (id) => document.getElementById(id);
let shown = null;
let tag = null;

function show(status) {
  if (shown !== null && (shown.film !== status.film || shown.state === "empty" !== (status.state === "empty"))) {
    location.reload();
    return;
  }
  const picture = shown === null || shown.shown_at !== status.shown_at || shown.redraws !== status.redraws;
  shown = status;
  element("trouble").textContent = status.trouble;
  element("trouble").hidden = !status.trouble;
  if (picture) {
    for (const id of ["eye", "panel"]) {
      element(id).src = `/${id}.png?${status.redraws}`;
    }
  }
  if (!status.film) return;
  const words = status.words;
  const texts = {
    film_time: words.film_time, duration: words.duration, ends_at: words.ends_at || "—", ghosts: words.ghosts,
    frame: status.frame + 1, frames: status.frames, shot: status.shot + 1, flashes: status.flashes,
  };
  for (const [id, text] of Object.entries(texts)) {
    if (element(id)) element(id).textContent = text;
  }
  element("growing").hidden = status.complete;
  element("progress").max = status.frames;
  element("progress").value = status.frame + 1;
  tick();
}

function tick() {
  if (shown === null || !shown.film) return;
  if (shown.next_due === null) {
    element("next").textContent = shown.state;
    return;
  }
  const seconds = Math.max(0, Math.round(shown.next_due - Date.now() / 1000));
  element("next").textContent = seconds < 600 ? `in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    : shown.words.next_due;
}

async function look() {
  try {
    const answer = await fetch("/status.json", {headers: tag ? {"If-None-Match": tag} : {}, cache: "no-store"});
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      show(await answer.json());
    }
  } catch {
    element("next").textContent = "no answer from the player";
  }
}

for (const [id, other] of [["as-seen", "eye"], ["exact", "panel"]]) {
  element(id)?.addEventListener("click", (event) => {
    event.preventDefault();
    for (const [link, image] of [["as-seen", "eye"], ["exact", "panel"]]) {
      element(image).hidden = image !== other;
      element(link).toggleAttribute("aria-current", link === id);
    }
  });
}
if (element("trouble")) {
  look();
  setInterval(look, 1000);
  setInterval(tick, 1000);
}
