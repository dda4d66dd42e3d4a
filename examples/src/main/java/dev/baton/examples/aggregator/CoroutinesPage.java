package dev.baton.examples.aggregator;

/** The page that draws who waits for whom, from {@code /coroutines.json}, again every second. */
final class CoroutinesPage {
    static final String TYPE = "text/html; charset=utf-8";

    // Names come from requests, so the script only ever sets textContent.
    static final String HTML = """
        <!DOCTYPE html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>Coroutines</title>
        <style>
          :root { color-scheme: light dark; --line: #8888; --soft: #888; }
          body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; }
          h1 { font-size: 1.4rem; margin: 0; }
          #loop { color: var(--soft); margin: 0 0 1rem; }
          #loop.lost { color: #c22; }
          ul { list-style: none; margin: 0; padding-left: 1.6rem; }
          #tree { padding-left: 0; }
          #tree ul > li { position: relative; }
          #tree ul > li::before { content: ""; position: absolute; left: -1rem; top: -.3rem; height: 1.05rem;
            width: .8rem; border: solid var(--line); border-width: 0 0 1px 1px; }
          #tree ul > li:not(:last-child)::after { content: ""; position: absolute; left: -1rem; top: 0; bottom: 0;
            border-left: 1px solid var(--line); }
          summary { cursor: pointer; list-style: none; }
          .name { font-weight: 600; }
          .status { border-radius: .6rem; padding: 0 .5rem; margin: 0 .5rem; background: #8883; font-size: .85em; }
          .running { background: #2a4; color: #fff; }
          .paused { background: #c80; color: #fff; }
          .cycle { background: #c22; color: #fff; }
          .awaiting, .waiting, .id { color: var(--soft); }
          pre { margin: .2rem 0 .6rem 1rem; font-size: 12px; color: var(--soft); }
        </style>
        <h1>Coroutines</h1>
        <p id="loop">asking&hellip;</p>
        <ul id="tree"></ul>
        <script>
          const open = new Set();  // ids whose stack is shown

          function element(tag, type, text) {
            const made = document.createElement(tag);
            made.className = type;
            made.textContent = text;
            return made;
          }

          // A future that says nothing of itself, and "dev.baton.future.Gather@1b2c[Not completed]" does not: its kind.
          function awaited(text) {
            return text.replace(/^(?:\\w+\\.)*(\\w+)[$\\w]*@[0-9a-f]+\\b.*$/, "$1");
          }

          // One coroutine with those that it awaits below it; one that several await is drawn below the first.
          function item(one, byId, drawn, cycles) {
            const line = document.createElement("li");
            const again = drawn.has(one.id);
            drawn.add(one.id);
            const details = document.createElement("details");
            const summary = document.createElement("summary");
            summary.append(element("span", "name", one.name), element("span", "id", " #" + one.id),
                element("span", "status " + one.status.toLowerCase(), one.status.toLowerCase()));
            if (cycles.has(one.id)) {
              summary.append(element("span", "status cycle", "in a cycle"));
            }
            if (again) {
              summary.append(element("span", "awaiting", " (see above)"));
            } else if (one.awaiting) {
              summary.append(element("span", "awaiting", " awaits " + awaited(one.awaiting)));
            }
            if (!again && one.waitingSeconds !== null) {
              summary.append(element("span", "waiting", ` for ${one.waitingSeconds.toFixed(1)} s`));
            }
            details.append(summary, element("pre", "stack", one.stack.join("\\n")));
            details.open = open.has(one.id);
            details.ontoggle = () => details.open ? open.add(one.id) : open.delete(one.id);
            line.append(details);
            const below = again ? [] : one.awaits.filter(id => byId.has(id));
            if (below.length) {
              const list = document.createElement("ul");
              below.forEach(id => list.append(item(byId.get(id), byId, drawn, cycles)));
              line.append(list);
            }
            return line;
          }

          function draw(dump) {
            const byId = new Map(dump.coroutines.map(one => [one.id, one]));
            const below = new Set(dump.coroutines.flatMap(one => one.awaits));
            const cycles = new Set(dump.cycles.flat());
            const drawn = new Set();
            const roots = dump.coroutines.filter(one => !below.has(one.id));
            const items = roots.map(one => item(one, byId, drawn, cycles));
            const rest = dump.coroutines.filter(one => !drawn.has(one.id));  // below each other
            rest.forEach(one => drawn.has(one.id) || items.push(item(one, byId, drawn, cycles)));
            document.getElementById("tree").replaceChildren(...items);
            const loop = dump.loop;
            tell(`loop "${loop.name}" (${loop.handoff}): iteration ${loop.iteration}, `
                + `${dump.coroutines.length} coroutines, ${loop.ready} ready, ${loop.timers} timers`, "");
          }

          function tell(text, type) {
            const line = document.getElementById("loop");
            line.textContent = text;
            line.className = type;
          }

          async function refresh() {
            try {
              draw(await (await fetch("/coroutines.json")).json());
            } catch (e) {
              tell("no answer: " + e.message, "lost");
            }
            setTimeout(refresh, 1000);
          }
          refresh();
        </script>
        </html>
        """;

    private CoroutinesPage() {}
}
