"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  // j and k go through the links of summary and bullets, Enter follows the one that is chosen.
  const jumps = [...document.querySelectorAll("a.jump")];
  let at = -1;
  const mark = (next) => {
    if (jumps[at]) jumps[at].classList.remove("on");
    at = next;
  };
  const choose = (next) => {
    if (!jumps.length) return;
    mark(Math.min(Math.max(next, 0), jumps.length - 1));
    jumps[at].classList.add("on");
    jumps[at].focus({preventScroll: true});
    jumps[at].scrollIntoView({block: "nearest"});
  };
  jumps.forEach((jump, index) => jump.addEventListener("focus", () => { if (index !== at) mark(index); }));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") root.classList.add("quiet");
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, textarea, input:not([type=radio])")) return;
    if (event.key === "j") choose(at + 1);
    if (event.key === "k") choose(at - 1);
  });

  // A bullet of several figures lights all of them.
  const light = (jump) => {
    document.querySelectorAll(".lit").forEach((figure) => figure.classList.remove("lit"));
    for (const id of (jump.dataset.others || "").split(" ")) if (id && byId(id)) byId(id).classList.add("lit");
  };
  jumps.forEach((jump) => jump.addEventListener("click", () => light(jump)));

  // Notes: Escape hides them until another figure is reached; the edge of the window turns them to the left.
  const speak = () => root.classList.remove("quiet");
  const turn = (figure) => {
    const tip = figure.nextElementSibling;
    if (!tip || !tip.classList.contains("tip")) return;
    tip.classList.remove("left");
    if (tip.getBoundingClientRect().right > root.clientWidth - 4) tip.classList.add("left");
  };
  document.querySelectorAll(".fig").forEach((figure) => {
    for (const kind of ["mouseenter", "focus", "click"]) figure.addEventListener(kind, () => { speak(); turn(figure); });
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a.jump")) speak();
    else if (!event.target.closest(".at")) root.classList.add("quiet");
  });
  addEventListener("hashchange", () => {
    speak();
    const target = byId(location.hash.slice(1));
    if (target && target.classList.contains("fig")) turn(target);
  });

  // Screen readers read the note in the language of the interface.
  const language = () => {
    const chosen = byId("english").checked ? "en" : "vi";
    document.querySelectorAll(".fig").forEach((figure) => figure.setAttribute("aria-describedby", `${figure.id}-${chosen}`));
  };
  document.querySelectorAll('input[name="language"]').forEach((input) => input.addEventListener("change", language));

  document.querySelectorAll(".unscripted").forEach((part) => { part.hidden = true; });
  const plain = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch (error) { /* older browsers: below */ }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  // An editor with formatting pastes the text as it looks, one without pastes its markup.
  const rich = async (text) => {
    try {
      const parts = {"text/html": new Blob([text], {type: "text/html"}), "text/plain": new Blob([text], {type: "text/plain"})};
      await navigator.clipboard.write([new ClipboardItem(parts)]);
      return true;
    } catch (error) { return plain(text); }
  };
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = byId(button.dataset.copy).textContent;
      const done = await ("rich" in button.dataset ? rich(text) : plain(text));
      const said = button.closest(".copy").querySelector(".said");
      said.querySelector(".done").hidden = !done;
      said.querySelector(".failed").hidden = done;
      setTimeout(() => { said.querySelector(".done").hidden = true; }, 4000);
    });
  });

  addEventListener("beforeprint", () => document.querySelectorAll("details.all").forEach((all) => { all.open = true; }));
})();
