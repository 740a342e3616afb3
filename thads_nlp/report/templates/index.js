"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const controls = {q: byId("search"), o: byId("origin"), a: byId("from"), b: byId("to"), f: byId("figures"), w: byId("warned")};
  const bare = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
  const list = document.querySelector(".articles"), none = document.querySelector(".none"), data = byId("archive");
  const PAGE = 200;

  // What is asked for stands in the address, so that it outlives a click and the way back.
  const asked = () => {
    const words = new URLSearchParams();
    for (const [name, control] of Object.entries(controls)) {
      const value = control.type === "checkbox" ? (control.checked ? "1" : "") : control.value;
      if (value) words.set(name, value);
    }
    return words;
  };
  const restore = () => {
    const words = new URLSearchParams(location.hash.slice(1));
    for (const [name, control] of Object.entries(controls)) {
      if (control.type === "checkbox") control.checked = words.get(name) === "1";
      else control.value = words.get(name) || "";
    }
  };
  const carry = () => {
    const words = asked().toString();
    history.replaceState(null, "", words ? "#" + words : location.pathname);
    document.querySelectorAll("#everywhere, .pages a").forEach((link) => { link.hash = words; });
  };
  const matcher = () => {
    const words = bare(controls.q.value).split(/\s+/).filter(Boolean);
    const {o, a, b, f, w} = controls;
    return (entry) => words.every((word) => entry.bare.includes(word)) && (!o.value || entry.origin === o.value)
      && (!a.value || (entry.date && entry.date >= a.value)) && (!b.value || (entry.date && entry.date <= b.value))
      && (!f.checked || entry.figures > 0) && (!w.checked || entry.warnings > 0);
  };

  const onPage = () => {
    const rows = [...list.children].map((row) => ({
      row, bare: bare([...row.querySelectorAll("a, .meta > span:not(:has(span)), .teaser")].map((part) => part.textContent).join(" ")),
      origin: row.dataset.origin, date: row.dataset.date, figures: +row.dataset.figures, warnings: +row.dataset.warnings,
    }));
    return () => {
      const fits = matcher();
      let left = 0;
      for (const entry of rows) left += (entry.row.hidden = !fits(entry)) ? 0 : 1;
      byId("count").textContent = `${left} / ${rows.length}`;
      none.hidden = left > 0;
    };
  };

  const everywhere = () => {
    const entries = JSON.parse(data.textContent);
    for (const entry of entries) entry.bare = bare(`${entry.title} ${entry.id} ${entry.summary}`);
    const shape = byId("entry").content, more = byId("more");
    let found = [], shown = 0;
    const made = (entry) => {
      const row = shape.cloneNode(true), part = (name) => row.querySelector(name);
      const link = part("a"), time = part("time");
      link.textContent = entry.title;
      link.href = entry.file;
      if (entry.date) { time.textContent = entry.day; time.dateTime = entry.date; } else time.remove();
      part(".name").textContent = entry.id;
      part(entry.origin === "generated" ? ".extracted" : ".generated").remove();
      part(".number").textContent = entry.figures;
      if (!entry.warnings) part(".warned").remove();
      part(".teaser").textContent = entry.summary;
      return row;
    };
    const add = () => {
      list.append(...found.slice(shown, shown + PAGE).map(made));
      shown = Math.min(shown + PAGE, found.length);
      more.hidden = shown >= found.length;
    };
    more.addEventListener("click", add);
    return () => {
      found = entries.filter(matcher());
      shown = 0;
      list.replaceChildren();
      add();
      byId("count").textContent = found.length;
      none.hidden = found.length > 0;
    };
  };

  const filter = data ? everywhere() : onPage();
  let waiting = 0;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(() => { carry(); filter(); }, 120); };
  byId("search").form.addEventListener("submit", (event) => event.preventDefault());
  for (const control of Object.values(controls)) control.addEventListener("input", later);
  addEventListener("hashchange", () => { restore(); filter(); });
  document.querySelectorAll(".unscripted").forEach((part) => { part.hidden = true; });
  restore();
  carry();
  filter();
})();
