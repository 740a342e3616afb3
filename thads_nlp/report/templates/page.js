"use strict";
(() => {
  const bullets = [...document.querySelectorAll("a.bullet")];
  let at = -1;
  const choose = (next) => {
    if (!bullets.length) return;
    if (bullets[at]) bullets[at].classList.remove("on");
    at = Math.min(Math.max(next, 0), bullets.length - 1);
    bullets[at].classList.add("on");
    bullets[at].focus({preventScroll: true});
    bullets[at].scrollIntoView({block: "nearest"});
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "j") choose(at + 1);
    if (event.key === "k") choose(at - 1);
  });
  bullets.forEach((bullet, index) => bullet.addEventListener("focus", () => { at = index; }));

  const place = (figure) => {
    const tip = figure.querySelector(".tip");
    if (!tip) return;
    tip.classList.remove("left");
    if (tip.getBoundingClientRect().right > document.documentElement.clientWidth - 4) tip.classList.add("left");
  };
  document.querySelectorAll(".fig").forEach((figure) => {
    figure.addEventListener("mouseenter", () => place(figure));
    figure.addEventListener("focus", () => place(figure));
  });
  const shown = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    target.scrollIntoView({block: "center"});
    if (target.classList.contains("fig")) place(target);
  };
  addEventListener("hashchange", shown);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) shown();
  });

  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch (error) { /* older browsers: below */ }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  document.querySelectorAll("button[data-copy]").forEach((button) => button.addEventListener("click", async () => {
    const said = button.closest("p").querySelector(".said");
    said.textContent = await copy(button.dataset.copy) ? "✓" : "✗";
  }));

  const search = document.getElementById("search");
  if (!search) return;
  const origin = document.getElementById("origin"), figures = document.getElementById("figures");
  const bare = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
  const rows = [...document.querySelectorAll(".articles li")].map((row) => [row, bare(row.textContent)]);
  const filter = () => {
    const words = bare(search.value).split(/\s+/).filter(Boolean);
    let left = 0;
    for (const [row, text] of rows) {
      row.hidden = !(words.every((word) => text.includes(word))
        && (!origin.value || row.dataset.origin === origin.value)
        && (!figures.checked || row.dataset.figures !== "0"));
      left += row.hidden ? 0 : 1;
    }
    document.querySelector(".none").hidden = left > 0;
  };
  search.form.addEventListener("submit", (event) => event.preventDefault());
  for (const control of [search, origin, figures]) control.addEventListener("input", filter);
})();
